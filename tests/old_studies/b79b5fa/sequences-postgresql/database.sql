CREATE TYPE public.studydirection AS ENUM (
    'NOT_SET',
    'MINIMIZE',
    'MAXIMIZE'
);
CREATE TYPE public.trialintermediatevaluetype AS ENUM (
    'FINITE',
    'INF_POS',
    'INF_NEG',
    'NAN'
);
CREATE TYPE public.trialstate AS ENUM (
    'RUNNING',
    'COMPLETE',
    'PRUNED',
    'FAIL',
    'WAITING'
);
CREATE TYPE public.trialvaluetype AS ENUM (
    'FINITE',
    'INF_POS',
    'INF_NEG'
);
CREATE TABLE public.alembic_version (
    version_num character varying(32) NOT NULL
);
CREATE TABLE public.optsweep_losses (
    trial_id integer NOT NULL,
    study_id integer NOT NULL,
    losses bytea NOT NULL
);
CREATE TABLE public.optsweep_run_events (
    id integer NOT NULL,
    study_id integer NOT NULL,
    trial_id integer NOT NULL,
    run character varying(128) NOT NULL,
    token character varying(32) NOT NULL,
    what character varying(16) NOT NULL,
    at double precision NOT NULL,
    worker character varying(128),
    host character varying(200),
    detail text
);
CREATE SEQUENCE public.optsweep_run_events_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.optsweep_run_events_id_seq OWNED BY public.optsweep_run_events.id;
CREATE TABLE public.optsweep_runs (
    trial_id integer NOT NULL,
    study_id integer NOT NULL,
    run character varying(128) NOT NULL,
    priority integer NOT NULL,
    token character varying(32),
    worker character varying(128),
    host character varying(200),
    boot_id character varying(64),
    pid bigint,
    pid_started bigint,
    beat double precision,
    order_given character varying(16),
    attempts integer NOT NULL,
    faults integer NOT NULL,
    interruptions integer NOT NULL,
    checkpoint_step integer NOT NULL,
    counted_step integer NOT NULL,
    progress double precision NOT NULL,
    sequences bigint NOT NULL,
    seconds double precision NOT NULL,
    train_loss double precision,
    residues_per_second double precision,
    best_value double precision,
    best_step integer,
    last_value double precision,
    outcome character varying(16),
    reason text,
    started double precision,
    ended double precision
);
CREATE TABLE public.optsweep_subsets (
    content character varying(64) NOT NULL,
    part integer NOT NULL,
    bytes bytea NOT NULL
);
CREATE TABLE public.studies (
    study_id integer NOT NULL,
    study_name character varying(512) NOT NULL
);
CREATE SEQUENCE public.studies_study_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.studies_study_id_seq OWNED BY public.studies.study_id;
CREATE TABLE public.study_directions (
    study_direction_id integer NOT NULL,
    direction public.studydirection NOT NULL,
    study_id integer NOT NULL,
    objective integer NOT NULL
);
CREATE SEQUENCE public.study_directions_study_direction_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.study_directions_study_direction_id_seq OWNED BY public.study_directions.study_direction_id;
CREATE TABLE public.study_system_attributes (
    study_system_attribute_id integer NOT NULL,
    study_id integer,
    key character varying(512),
    value_json text
);
CREATE SEQUENCE public.study_system_attributes_study_system_attribute_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.study_system_attributes_study_system_attribute_id_seq OWNED BY public.study_system_attributes.study_system_attribute_id;
CREATE TABLE public.study_user_attributes (
    study_user_attribute_id integer NOT NULL,
    study_id integer,
    key character varying(512),
    value_json text
);
CREATE SEQUENCE public.study_user_attributes_study_user_attribute_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.study_user_attributes_study_user_attribute_id_seq OWNED BY public.study_user_attributes.study_user_attribute_id;
CREATE TABLE public.trial_heartbeats (
    trial_heartbeat_id integer NOT NULL,
    trial_id integer NOT NULL,
    heartbeat timestamp without time zone NOT NULL
);
CREATE SEQUENCE public.trial_heartbeats_trial_heartbeat_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.trial_heartbeats_trial_heartbeat_id_seq OWNED BY public.trial_heartbeats.trial_heartbeat_id;
CREATE TABLE public.trial_intermediate_values (
    trial_intermediate_value_id integer NOT NULL,
    trial_id integer NOT NULL,
    step integer NOT NULL,
    intermediate_value double precision,
    intermediate_value_type public.trialintermediatevaluetype NOT NULL
);
CREATE SEQUENCE public.trial_intermediate_values_trial_intermediate_value_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.trial_intermediate_values_trial_intermediate_value_id_seq OWNED BY public.trial_intermediate_values.trial_intermediate_value_id;
CREATE TABLE public.trial_params (
    param_id integer NOT NULL,
    trial_id integer,
    param_name character varying(512),
    param_value double precision,
    distribution_json text
);
CREATE SEQUENCE public.trial_params_param_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.trial_params_param_id_seq OWNED BY public.trial_params.param_id;
CREATE TABLE public.trial_system_attributes (
    trial_system_attribute_id integer NOT NULL,
    trial_id integer,
    key character varying(512),
    value_json text
);
CREATE SEQUENCE public.trial_system_attributes_trial_system_attribute_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.trial_system_attributes_trial_system_attribute_id_seq OWNED BY public.trial_system_attributes.trial_system_attribute_id;
CREATE TABLE public.trial_user_attributes (
    trial_user_attribute_id integer NOT NULL,
    trial_id integer,
    key character varying(512),
    value_json text
);
CREATE SEQUENCE public.trial_user_attributes_trial_user_attribute_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.trial_user_attributes_trial_user_attribute_id_seq OWNED BY public.trial_user_attributes.trial_user_attribute_id;
CREATE TABLE public.trial_values (
    trial_value_id integer NOT NULL,
    trial_id integer NOT NULL,
    objective integer NOT NULL,
    value double precision,
    value_type public.trialvaluetype NOT NULL
);
CREATE SEQUENCE public.trial_values_trial_value_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.trial_values_trial_value_id_seq OWNED BY public.trial_values.trial_value_id;
CREATE TABLE public.trials (
    trial_id integer NOT NULL,
    number integer,
    study_id integer,
    state public.trialstate NOT NULL,
    datetime_start timestamp without time zone,
    datetime_complete timestamp without time zone
);
CREATE SEQUENCE public.trials_trial_id_seq
    AS integer
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
ALTER SEQUENCE public.trials_trial_id_seq OWNED BY public.trials.trial_id;
CREATE TABLE public.version_info (
    version_info_id integer NOT NULL,
    schema_version integer,
    library_version character varying(256),
    CONSTRAINT version_info_version_info_id_check CHECK ((version_info_id = 1))
);
ALTER TABLE ONLY public.optsweep_run_events ALTER COLUMN id SET DEFAULT nextval('public.optsweep_run_events_id_seq'::regclass);
ALTER TABLE ONLY public.studies ALTER COLUMN study_id SET DEFAULT nextval('public.studies_study_id_seq'::regclass);
ALTER TABLE ONLY public.study_directions ALTER COLUMN study_direction_id SET DEFAULT nextval('public.study_directions_study_direction_id_seq'::regclass);
ALTER TABLE ONLY public.study_system_attributes ALTER COLUMN study_system_attribute_id SET DEFAULT nextval('public.study_system_attributes_study_system_attribute_id_seq'::regclass);
ALTER TABLE ONLY public.study_user_attributes ALTER COLUMN study_user_attribute_id SET DEFAULT nextval('public.study_user_attributes_study_user_attribute_id_seq'::regclass);
ALTER TABLE ONLY public.trial_heartbeats ALTER COLUMN trial_heartbeat_id SET DEFAULT nextval('public.trial_heartbeats_trial_heartbeat_id_seq'::regclass);
ALTER TABLE ONLY public.trial_intermediate_values ALTER COLUMN trial_intermediate_value_id SET DEFAULT nextval('public.trial_intermediate_values_trial_intermediate_value_id_seq'::regclass);
ALTER TABLE ONLY public.trial_params ALTER COLUMN param_id SET DEFAULT nextval('public.trial_params_param_id_seq'::regclass);
ALTER TABLE ONLY public.trial_system_attributes ALTER COLUMN trial_system_attribute_id SET DEFAULT nextval('public.trial_system_attributes_trial_system_attribute_id_seq'::regclass);
ALTER TABLE ONLY public.trial_user_attributes ALTER COLUMN trial_user_attribute_id SET DEFAULT nextval('public.trial_user_attributes_trial_user_attribute_id_seq'::regclass);
ALTER TABLE ONLY public.trial_values ALTER COLUMN trial_value_id SET DEFAULT nextval('public.trial_values_trial_value_id_seq'::regclass);
ALTER TABLE ONLY public.trials ALTER COLUMN trial_id SET DEFAULT nextval('public.trials_trial_id_seq'::regclass);
INSERT INTO public.alembic_version VALUES ('v3.2.0.a');
INSERT INTO public.optsweep_losses VALUES (1, 1, '\x79fd4e4034086a40dfb9574060295040eccc4e40');
INSERT INTO public.optsweep_losses VALUES (2, 1, '\x8f784340aa801f40ddb24940adb63d40c8bf4040');
INSERT INTO public.optsweep_losses VALUES (3, 1, '\xda183540b23e4a40f5643a40c61d2f4003963540');
INSERT INTO public.optsweep_run_events VALUES (1, 1, 1, 'short', '', 'planned', 1795718568.461615, NULL, NULL, NULL);
INSERT INTO public.optsweep_run_events VALUES (2, 1, 2, 'tpe-001', '', 'planned', 1795718568.461615, NULL, NULL, NULL);
INSERT INTO public.optsweep_run_events VALUES (3, 1, 3, 'tpe-002', '', 'planned', 1795718568.461615, NULL, NULL, NULL);
INSERT INTO public.optsweep_run_events VALUES (5, 1, 5, 'repeat-002', '', 'planned', 1795718568.461615, NULL, NULL, NULL);
INSERT INTO public.optsweep_run_events VALUES (6, 1, 6, 'repeat-003', '', 'planned', 1795718568.461615, NULL, NULL, NULL);
INSERT INTO public.optsweep_run_events VALUES (7, 1, 1, 'short', 'da26e54ffa6c4c478b3d37fd16bef33c', 'claimed', 1795718575.700563, 'CPU worker 0', 'vm/3d1219c7c4c5/4026531836', 'attempt 1');
INSERT INTO public.optsweep_run_events VALUES (8, 1, 1, 'short', 'da26e54ffa6c4c478b3d37fd16bef33c', 'evaluated', 1795718576.565974, 'CPU worker 0', 'vm/3d1219c7c4c5/4026531836', '3.34909 at evaluation 10');
INSERT INTO public.optsweep_run_events VALUES (9, 1, 1, 'short', 'da26e54ffa6c4c478b3d37fd16bef33c', 'complete', 1795718576.62235, 'CPU worker 0', 'vm/3d1219c7c4c5/4026531836', '3.34909');
INSERT INTO public.optsweep_run_events VALUES (10, 1, 2, 'tpe-001', '394748641778418aa4c8d0aa6ddf6b3a', 'claimed', 1795718576.698828, 'CPU worker 0', 'vm/3d1219c7c4c5/4026531836', 'attempt 1');
INSERT INTO public.optsweep_run_events VALUES (11, 1, 2, 'tpe-001', '394748641778418aa4c8d0aa6ddf6b3a', 'evaluated', 1795718578.341366, 'CPU worker 0', 'vm/3d1219c7c4c5/4026531836', '2.9348 at evaluation 10');
INSERT INTO public.optsweep_run_events VALUES (12, 1, 2, 'tpe-001', '394748641778418aa4c8d0aa6ddf6b3a', 'complete', 1795718578.39808, 'CPU worker 0', 'vm/3d1219c7c4c5/4026531836', '2.9348');
INSERT INTO public.optsweep_run_events VALUES (13, 1, 3, 'tpe-002', '70cbfb356eb14fccb529bcda742493cf', 'claimed', 1795718578.457328, 'CPU worker 0', 'vm/3d1219c7c4c5/4026531836', 'attempt 1');
INSERT INTO public.optsweep_run_events VALUES (14, 1, 3, 'tpe-002', '70cbfb356eb14fccb529bcda742493cf', 'evaluated', 1795718579.679771, 'CPU worker 0', 'vm/3d1219c7c4c5/4026531836', '2.92987 at evaluation 10');
INSERT INTO public.optsweep_run_events VALUES (15, 1, 3, 'tpe-002', '70cbfb356eb14fccb529bcda742493cf', 'complete', 1795718579.726022, 'CPU worker 0', 'vm/3d1219c7c4c5/4026531836', '2.89512');
INSERT INTO public.optsweep_run_events VALUES (4, 1, 4, 'tpe-002-seed2', '', 'planned', 1795718568.461615, NULL, NULL, NULL);
INSERT INTO public.optsweep_run_events VALUES (16, 1, 4, 'tpe-002-seed2', '6f3cf1cd9ee1469183f6460aaa6f6d1b', 'claimed', 1795718579.810528, 'CPU worker 0', 'vm/3d1219c7c4c5/4026531836', 'attempt 1');
INSERT INTO public.optsweep_run_events VALUES (17, 1, 4, 'tpe-002-seed2', '6f3cf1cd9ee1469183f6460aaa6f6d1b', 'evaluated', 1795718580.163976, 'CPU worker 0', 'vm/3d1219c7c4c5/4026531836', '2.94965 at evaluation 3');
INSERT INTO public.optsweep_run_events VALUES (18, 1, 4, 'tpe-002-seed2', '6f3cf1cd9ee1469183f6460aaa6f6d1b', 'handed back', 1795718580.206985, 'CPU worker 0', 'vm/3d1219c7c4c5/4026531836', 'asked to leave by SIGTERM');
INSERT INTO public.optsweep_runs VALUES (5, 1, 'repeat-002', 4000001, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.optsweep_runs VALUES (6, 1, 'repeat-003', 4000002, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.optsweep_runs VALUES (3, 1, 'tpe-002', 2000001, NULL, 'CPU worker 0', 'vm/3d1219c7c4c5/4026531836', '4b9a15d0-8a45-4f1c-a066-3ca7c4195640', 30507, 399865, 1795718579.726022, NULL, 1, 0, 0, 40, 0, 1, 320, 1.0590024240000275, 2.892308235168457, 68354.46143135113, 2.895120724673877, 28, 2.929871959065353, 'complete', NULL, 1795718578.457328, 1795718579.726022);
INSERT INTO public.optsweep_runs VALUES (2, 1, 'tpe-001', 2000000, NULL, 'CPU worker 0', 'vm/3d1219c7c4c5/4026531836', '4b9a15d0-8a45-4f1c-a066-3ca7c4195640', 30507, 399865, 1795718578.39808, NULL, 1, 0, 0, 80, 0, 1, 320, 1.469044692999887, 3.11989688873291, 20772.76703583547, 2.934796725750571, 80, 2.934796725750571, 'complete', NULL, 1795718576.698828, 1795718578.39808);
INSERT INTO public.optsweep_runs VALUES (4, 1, 'tpe-002-seed2', 3000000, NULL, 'CPU worker 0', 'vm/3d1219c7c4c5/4026531836', '4b9a15d0-8a45-4f1c-a066-3ca7c4195640', 30507, 399865, 1795718580.206985, NULL, 1, 0, 1, 13, 13, 0.325, 104, 0.2706051740001385, 2.941760778427124, 35676.26151947158, 2.949654092886042, 12, 2.949654092886042, NULL, 'asked to leave by SIGTERM', 1795718579.810528, 1795718580.206985);
INSERT INTO public.optsweep_runs VALUES (1, 1, 'short', 0, NULL, 'CPU worker 0', 'vm/3d1219c7c4c5/4026531836', '4b9a15d0-8a45-4f1c-a066-3ca7c4195640', 30507, 399865, 1795718576.62235, NULL, 1, 0, 0, 40, 0, 1, 320, 0.7041313350000564, 3.132317066192627, 53983.403804396265, 3.34909479354205, 40, 3.34909479354205, 'complete', NULL, 1795718575.700563, 1795718576.62235);
INSERT INTO public.optsweep_subsets VALUES ('2b67da56fd53607fdc80dcd9eb10cd0b', 0, '\x789cd55c4d8c65c7557e63fbdebab76eddba7f75eb5d93386907074f426c8f3de3bf40823389262863e31f20ea0d19b5bb5fdb2df774cfeb1f0747b2e40556cc4f5865914888150b58248b20248490402c58b04ba448202111c402c48e4804b108704e9dfabbefbd9ee9f973c2b37baafbf57db7ead439e73be77c756ebf74f9defb1e99d0ebc1c907bfc7dff95ffb92935f9b6c1c6cbebef3e6ecb1ad8da38dc7ce5dbaf88b93db799d99d493af7d96be77a3e845227a3df43aefa7b94e358cbaefcb4ee439fca62a4599745ddb9552b69d4cca12fe6fcbaccca4ac54c30aceb9aa1bde34ac816f18fea814e36a5019afd341f78310221dd25ceb5e0c707701ef0c395799aaf1e286d70d5305fe50178c3735ef12d94a9954b2cb649be82aeb04fcd8b5b002b39e4cc24c8a2582b3063f98e4229f764277991e8ad6dc3dc91299e05aed94b9d0d3b0166daed15ac01de19e59d64a9028692bf850d626a52c357c3e157ddee7b03170bdd683ce759fc2a706b83bacaf85f5c18a92163e5306619a9ac13e70a138638a374a75b26aab0e6fec04493ac961b35853a47561af644d0337703356bdce7ad1f702f592a746e84ac63bdf765d9230061bc06be567735a801f39872d805941becaed1abca2e5d84dcb33a17b69a61b603afc1f94806a0469cc0c4c838ee8cebc105c69b71379da47d60237b0d3830a1bf8acae99924d02d660e4122097d6692e35ee670ab700fb22d517203d5c0503ce5a907270c94999d5b234ca84212853a4913285576682caec403719188e5766a665506695c2127a2f422f853336a7cc36b2cc01e451d757661a94192b8225ab94092e60753156a634ca841bb16565820a7806628d955926ab94091e20b40cd3c1ff0cef002fe69559d7f6ce45132913f73272fd4899a01c46caac95aa95970b94d91a65e63756661ef4057610569babe0ca7ce8a743504deee00061a5b636d9f0a03a1d904b68da95b68d8ca00fab062984d649dadf18ecb20076dd4ab063a700bbfe4660a73cd8f108ecd4ad811dcc55f761cf014b1887b591345e5de8363ada7950791e9b55b84151346e51c9002012ef42e6ac9d1545d85f1e04ec58cd22e7ccad73f6097cdbcbb4cc7388161224e161f3c03095dd2e90052eb508012b27d528bb151d67a49a9216c5685125b80caa4678d3ae95b9b9b97b5ba36a00de349a38ec451f54a3255e6b565e78d598cff158352d38a8ae12544d05e1a2734e88eec906544d01f8ad109aac6a04a8266fd0f26b813b0bdb5693ca617f091131965412add1e3613eb5dbc4102a045a1c5c5f37280e773b0cd850bb705c76ad51202c5292d6b59278890aea04af1164fe5321720f0eb9cca455be6a015bb5710c5893986a83eba88a123e915bcc4aaad64c8b9e119b04c6892247df64b4fbac8974ab8a3a760c405f41bb3f14e082d66e18d804ee7e651ca3f68e91906324aab38e21515e58b8594f700cf868cd0132c0b607d87da6db0c748b128005e553dc6825dab0d17de2ec11aed153e15c1ba655c194e13fe6a0a0b481a2f31b8dbfae33806ada689059715099c519e1413fd7c6cba445aaa9c7b584f136f6a14231bb0e2eb34c276068800318c44b4cc272d2425555316a81982238f57408f76b987155e5a6037f0dd01d5b9db09bd1a7256c46ea3603ad8ea1166b6342e05985dd8ca6cd5be71a12ed13ad0eed9f39ab53640d6633ba9e096e3603a65fc25d7d4adcad4f95648e9d7b05ee72c25d7673b8cb8be624dc8568ed7137964c534429bd64c66f921624ebca3689230a44372b59a34abc8f022c6a061c29bb41c9f2c146941a501bacaa88324ec463257d44a9bd649022b44e32c81fe11f23591724037c31b0e59287bcb7920dcb11c5eacbc55adc2cc4e1b6cb021c40ba256b23555360e0267d513249500feb13415f43dff6e822a02f29ca3ee8abf6fad2360b484cae0e5275e0ff5e5fb28145940e8cbd5460938033d30eee0cfa0275a054ce6734581cac3c2b83c56138a94082c4e9657a6259c3210446010e74ee425709ba4209387d7645a4ef8c04e0d72a2490195a5cbb22d233ab97162daeb78134adb55291ff0be73d1cc4c05cb2c478dd7aefe9ac376b66c1197026f21e585b90056e9a922cf00e844bab0d505cc28c2c90422226f8ac05c0506502acbaca5a81a27498a5536834e503caa2c038796463bd48ad8de9ba886c0c014b286d5012f029cfad2b0d20664a208191b75d59894a2b66832aab8d985c7831f1bd2801055599ec188cce542d464c5c031a5d4a20c1c895a02c90584775a0a5ce1b1d027a02f622da360209805a1e8104d68c041243e44a06976d28c84328804fb3513a85e01d8702989042818450d0a1fd9a50a04f150a60376cd6a6f206330b921cbd5c689f439f1c999a93235377eb91099693e4a8f03ee7a41c0d88301577ad0400ec515902e29d5001902fb550755ebf023865248a2b80fe0e5500e97205602b3daf49081953e1ef0d9a0cd51b4758196b12417531c74820bd3a49933a68926cb9c159fbb1fdd437ca6c124c26ddac4989b3f6ce7ef2d4a2743fb29f4895c846b0c6d5b8a7b4e1d36657c948726dd620ae67c31c6d38d861af57d795c9427e236fd5aa6cfa8c79ceadd595c992559537ac2b31b09711a3d224a1b0e490d3c392b4a5c720923b4605d914c813128e52604dd2a01b9a0523c701a94bdf81ad2185d17a74e52af15b6bd9108c418a435abd8a511112c581a03762545a4ccd3d3d062e80bc8463544087b52d7d617ebb1f1c560abb027689bfe8a2a448044645807e196e37547188d8986c342648125902537874eaa6a6dc0c5e04172913801da3521b6032b49f46b9a62ad7530444ccc2a11c1c4091c8a828165773bda96c22066ca8932ae2c6ca3bc68d0d779d1b13b126d3eb7063ea74dc587693dc58734a6eac3f153746042eb3dc587e4aa2f354dc98aa8b1a3d97f2349b0b8eb59a79ad766dd696768f752586d4308fce3f1de3d9614560b68eb4aa4cda0db2a8daedb30edbd861196bec284b96b48aaeac48ab98f5f453da66c4c1a1a7e41654da675eaba858daf348ab583118ad429a1969b5725a6d903ab7cba9c23ea5c688326b44102848ab99a5af010bdb1aa9d5c6406c1db28bdc6b5574b0a9c25e046960edb58a89a4b35674ba563bad66f9d46a95456c0b7cc22867e823adc21b423bad0e8d89549012b8c2bc491a0093da452a432d304c436b742628104a97fc61a4b24901af646aaa0eb049d8711ba9a65d6f0c3d8a96dcf2009646878dd5368288dc4385f050a14f820a240273edb602120159aea2d1258638071585870aeed58c1ca1d1225cae112a32848a402c72e6ae6408d3a9e8082af2c1fb2ee87905540096779c8cca18a6b12dcc157a0c030cebd0082a5ab80164f5650750c19d8d3b359929ec748607f350e1ce449804236990d4333995df099d4750d1e7536d7295aa327c0a43e288a082c5347abfea4ca4cea3e2a846e5c0f5c1a8a63154688d5081a28d39df14699ee8b26158e47cb90723e5395f5007f214e4ad7065eb5403a5a72a9c5db111e7cbddcab4e57c613f72c7f98279f972de2536050805310b2969d8a63e21de0c9cd967e7588e92856bcaa330d083a22113e928c607f583d15585cba3b8d973aeba288f6219972994d18e7708d9b9cba3789c47157294472568d8591be551cc65e732a2213346557beaf228dd0d64403a2e019b7e30892266130692992f73304d3554318fc20fa63d8b650e3863477e8aeb33dece2937ae99cf166f7c9c52aca8a5f21bd65290f1b0ebe5dccc1af952dd08e833aa363273b0b958370e51de3f8838ef2f1a50b232042bcc2f079370f7d3d41f5df5a67030b5790699af49b8d1b2d0509205ae00c9361bc7954949d15090ea62ca84580ab5900193a1409ea5a384bbf016dd584a24937569f96aca8110e10cb6d16e6648a85a820a1352b0bd693718bf2c20eb9b7ac603a4e8a96c9022ebcacc9287a51c17a33549a156950d45d6f12800f59ea4c263d851d9c04cd95078736facb9237918950db2915d281b8a44800cc82ba898f1682d490513c5276a3964191db8288800eb974bdc14562d4e0465f84f14a11e9a1a423b9656ad691f189c085308dda0a995ccaef3d81279b644069e0d0f0e32eb3b6ac4b3157470002220d76a72ab9b3a10bc053ae027712008909a6a392e4db995b07512e6544625e1b0cf9c8b985c90b25092b04656ad56757cd297217787121abf7412360d627f1bfa3b982142ada774ca53b990bf422d66d69392847c594221da0a93290f3e898c383448199aa5821f968ee0d3623f4419c0c72a174289211d604718ec88c4ac28900e62917430592f5782ec7230fd125e7105d72677f50bc004017fa74a837e6595e50b8c430505e79871e8e30528641c8a9871b853a7d83f49a3e54b46eb6d20b9a5436bbd7868dddd8d436b76e2a1f5348f0ead536c75a110950d18022ceab45e2850526f85caad50da0bd5828a40a88a8a7de6852aa53b67e18b42818dd53e2b63e1f8321f0935b542f9ac2cef4742713a9ec9ad503def63a17a12cad48b59165a7124f54739bac1f884a51b32aa21caa830cd5a5878949da61d927ca18668a930c55d6b31608386882e521c497c5f4314abe80630f7157403ee21aeded20df89d125ae9525b4fd1585e594b818407fc05337c1517a6758908ba826e30074fedcabe2a0ceb31bbd1ebd6d51099a31b9ada1fca801202dd3018230c90e0e9065c5660b4a3561c91b7ab6a08e50a5313b49d556b3a02301032c5d9d08b99c9df147ea7a5459cc2c04e94bf551956a21d243a548972c3994a9bbf094df9db0842f50aceb43672a9dce569a5812aa808dd4162e5fb0a6c42df1811589cd01701aacce175ea339cb411c1b5196e05169316aa6a0f5578089b694843465025f120b1765085845dcc34a079bf8fb0ab6f1976cb5bc815b07a1c3079f53d77b0497625321f02af08ae131828f4082c41b28c18e28a7845b09588e5f395881e910549691d9da9c6c988ed15818102cb1b3b3af2c9c1d1a16e1585e30415d7ad9d71089e27fa9432e99142f0f4b24306d7b004caf38a74628d06b7a2e70eccb35b60a006cf2be6ded12b575da1bbda064ac72b22c5053bc12daf388c78456d2e423a8d110305a98ba9a374e8254c85e715b1c8768e8ebc225fe015119ab1c0f6e75bca19a96968410a2eb0e64930522c2c68b5725452303af7d664a478920bcbcfcd795d1e3b1c2752ccb53b850ecbd848b18f47daf3363c3bb5465aab323652a8b906c39e098d12b228a185fd31a950ef52a1dcfae4e0c4d5de2733123703bc593e33660185adb8dcf42d814fa641dc3815d2ee685cc53ed91088824f4e296217d29e194345054b885221ee53215e47f8d2e7d6276f85c6ef4ea2f1f55d6b71d5cb34beb83e8d0f9a6bee428beb228dcf9cbbb1251a5fdc90c6572b5a5c6f9ac6bfc533c9f20e747cd973758cf1519042c185a5e221dd41f2a8955190428e011dcc30210d2f7d5a62fd1fff1935f2212d6a5b3611d0aa4c294a3b17dbf979dc8f04fe0f4220d79a555dec10059d73609915e5fb3e4841f1af10ebf3693f7672d79cd8491b786dea5fa1e1c19b2ef032df1c5f464e9ee546269d2f07de5e2f241185920a3303f4594f961ab7064fc9a81b29cbac4c78765380933744437b4c03abca4b8b69a64704cfea1bb34fa8407552d745ab31f1cafc3900646078248b0d3f9c749cdadea6dc5a4762fab9ecfd90b95526b8344d0af7d519490ad1a4cf45d4666691a6774823c7193ccc9c440786c2218d363c66be843459d44d59982713dc2940cd5664f069692d98fbec1b935725238f8c5cdf214d1b214d899d4184037c05d2c03f68171669920460c6a4148034d92aa469c374006ea649899bd0be8834d8e4745233fd54378d69d26375ab28b01341aafd91363867ee7a32f3340476dc338f3408d68a4b7b6ca4c2190256674bfd9c12fb39c1459d1135b58a801fedcdf77376be9f33715dc400d399c98ca27367289c9ac4e4d9615710b312699aa3136c17278df89595d81787b66e363441578b0a789e2d749d53835c7772018fc76468d14528e0d552010f79ca42012fa45e51c0237b69dd7da980c7563803332bb874bd924baff5f5fa9292b6ac4fee4bb26a1c16da727bbbfaa82d979bee5a23383522286ccb058febaa6aa446e5da7219b5e536a4c60276ce3d0b31c46a842d5f78e026bb334d0562f9819be2a7a3a980dd9d076ec6d9080bed21059deaf437d5547027b291139b0ac810a6c658d137f53477c8950c515d2b6d5d9b74c5a88c2a21c8159cf12063dd380fab07967986786a530663503966d57ca9ae6d5ccad070c8506c5d5b45756d85ec8c7ff202a5284cd774dde40309889edc52df6537eac59efa023d710da478ae5e765690e4ba053a4245ea0f85a2d343f0cfc1c538461c7154a003322589cd13e4322fda45053aa302ddb61d09ac7d34e63ea80d8811a8e09a0532df03ffaa467eb9dcc8af46c0ef9e6a68ca2e6ae4f7c05f67be91df023f778ca6f7ac5336ddf1bbf14883e96355ae8f35c133e75ee351211da0f5b67f5053d98f949511b71c53327249e3c558e375d0b8398d1646ed507563eb06051e26d174eb054a26b3f4126007683c31a805988a40d2e131a0754013c0e2f24f8b5650661802bb301d752629e80d216bf42b4c338fe2dc3eb532d62f6419997d6aa5b7fa051c23fd9a041d7b7cfcc93fef0101d1fd110848bff8ac4a6a103062185764181a0d2d1b0475fc2bae1716c2ada1656068596468c5898686272b6868ac8f43133dc80aef67bd472a818df7ee2925442a30a6044f5913691f4b60a5a1131718387cd8825121209cba9b811b075fc1c0a5c330245e26864dfd06b18cbaf131332f161e2ffa738cb6a542200b4f291586a261f1d1b6296e609a692a164eeb0052a9b8e6ef9b8f2f3fb9a4c3a9449539afc5ad9e5a2c2d4b3b49968dc22b2e8a9e1ac2ad8a8e0da913a3a8b1a9c33dd7623d2ba7a2396436ee801da4f19e555acf027160ab251d19f933a616378135e681b03aadf179238c0802c94eec29a0670e5a9593e97beed626ad091400569cd129a8c4c603438b35218e1b798c38a0acf0400bc671c798a29a78e2639c72a1a1331d59a184c4663d6b392da004e453d4301c3dd0621e4eeca3761f64a18411072a4cabc5121fd08055825c2094ce57d1d332b761dcf5ce20090e825b332a4c39b348b583f654681483f8dae3a99ca1dafbb4d7a0313d3a8987b467e149a4044a2d73d0ab4dc258ba26b62e8b441c948ab1d071cc206b713b87834b4fb4def4e1a0baadc3416d0e0757d46c3f156efdffe4c878e1ec62f067172b4e5fcadb94600859eafbd2a9a123ec7f69f4c7405ef9d1efff30fc3190cf8fff18c8e3972e3e762b7fffe3bd7be87b37bad7f7edf80dfbfeefdc47e3bfdaf11f121abf99d2f83aa3916534fec08eafe734fe931daf721abf50d0f83141e3bfdbf14f4b1a7f4fd27858d1f85f767cb7a6f18776fceb86c6e75a1affdc8e9feb68fca8a2f16f7b1abf35a5f1e07e1affcd8e7ff7011abffa413bef03347ecf8e4f7f88c6efd8f1ab1fa6f18b6b34f60fdafbd9f13b1fa1f1999fa5f1db76fcad8768fcd247697ce4e768fc8f87693c3a4be3631fa3917f9cc61ffc3c8d7ff1091abf6eede28b56ebff68c76f9fa3f1371fa7f1bfedf8adf3347ee6028d1f7a92c677ed583c45e38f9fa6f1ef9fa1f1cf9ea5f1a94fd2f85776fcfa2fd0f880fd13347f62c76f7e8ac6473f6de7b7e3777f89c63f7a8ec6edcfd0f83f76fccb8b34babf433336fdfe2b0f7f2998fef363d33f7fe9a215ea265f68ff76bbfd78af1d959f9b5e569d132bdec2fa7ea47f370febfbc4787d172e5d74775b9edfaacb8fd6ad26d6bc2656dd133797fb8b3fcfaf5c07bec23a1e1aafe3c94b17c5d2fc8baff1fdbe283efe07ee7ef5e495d1fd1ebdf6c6eea58b9f5c29d9e95e38fff7adc06e7ce79eb7cfae23a61cedbf31db3b9c4f368ff661d247af1c1fedec1ef22b07b3578f7776b7ae1cc12ff70faebcf9043f7b761db1e710aedb786de63ec02fbe7534fb557a8faf9f810bcecd27eba8ddcd6bc7f3c90b5ffbecd1cb977178773eb97c06fef9edcdcdfdddddd9e6d1cefede217ff1606b7630dbfadccee611ffd82b47af9829f6b7b70f6747b7b1a6e7f7f75e1bade9f1784d975fc6255d7ef9942b4280bdbab1b7b33d3b3c9a4fde9e4fceae2336bfb1b3b7353f63b6f0f0f85558effc1efa61fff8607336bf771d81f7dac1fed16c67eff0d16b47f3fbcc3bf4eb2b873b5f99cd9317fef9f9f536bcb9bdb3f7daece0dac1ceded13c5d5f835f3c31db78eac2ab179e3df7f813179e98cd9e7efcc9a79f38b7fdccf90b4f5f78e6fc534f3c3e6746bcbd79f642fdb059d6e16cb635cf2f7fdceccb9bb38343106ace2fdfb38ef160eff8ea15bbbee2f24beba57d6b6b677b7b06b3be36179727e62e07c7bbb379f9f65c92ac7b1b5767f3ca5cbf35bbbabfb6bd71756777677638afd7d19cbebc7fb075386fd611c28f5e9fad996b36f70fae1d1f3ebcb6ffe5bd707d7bbc2eeca4bbb3eda32bfbc747f30ee6c4bbecc1561dced56fccfbb3eb088a6f6eecee80fdc3fad7760ed7f6f766749bb7d6f6b7d79e5c3b9ccd8f677b9bb3c34faeede1efe092c3ab1ba0c683b95e4767d9dcdfdbde39b87ac20d9ebade0da6b3758ca2876fed8134473b9bf3e1bdf52aa8c91bc3fd6fcf7f2632860f18fd93dcf30f2edce281f78cfab766879b073bd77051f30fadbf1c5fb2668dc5efd627d6666feeefbe39db5adb3ed8bfba76b0b1b705c306ae196cfb70edd5b7d636d6d0f68e768e8e8d9857f7b766bbf30f8f74bf76f98c57b49779fe20a8df9bcb47bef09f3fbe70e6f8d8d848d8f63be87fe747fe9718ff4b4ee97f6241997770591746cb4acdb2d29b80056fc3776e494f8e9634314b9a9c6e49c78f8e83cabb9ffa97fb5d506920a0b9a0f22a20f63e7ef6d2c5874e1d3f6cfae9c7dd9da3a3ddd978c2effee16bbfee26ac262ff809ad295ebaf8e4a9a65b39bf4b9bdd789ebf74f9cc3d8fdc3bfe1b7e98d5e0979c3ce73ffd0e6eeb1dfe8b7e8b7363c980993d7ec9c9f968eef27393db2f2016a7c3340d1329fc929367a2e9b2cf4fee50d2b63827a65e983c9d33730ed19c7fbc38e78989d8e23de3978c92a477ce9cfbe5c90d92aac57b610a85c90d7ed5934f47f77a67e15eb79f502dce8d9e868e815f8d4f7171eeefffcae4d6fd6e711af42fb47ffcaa26cf46d35c7a7172c7bceda5cb8971f20cfe4328fa9b17f1a7ff03a946b7b9');
INSERT INTO public.studies VALUES (1, 'half');
INSERT INTO public.study_directions VALUES (1, 'MINIMIZE', 1, 0);
INSERT INTO public.study_user_attributes VALUES (1, 1, 'optsweep:versions', '{"optuna": "5.0.0", "optsweep": "0.1.0", "torch": "2.13.0+cpu"}');
INSERT INTO public.study_user_attributes VALUES (3, 1, 'optsweep:command', '["optsweep", "sweep", "study.toml", "--data", "data/proteins.pt", "--name", "half", "--type", "tpe", "--cpu-workers", "1"]');
INSERT INTO public.study_user_attributes VALUES (4, 1, 'optsweep:created', '1795718568.5199177');
INSERT INTO public.study_user_attributes VALUES (5, 1, 'optsweep:definition', '{"name": "study", "study": {"type": "tpe", "trials": 5, "repeats": 3, "seed": 84, "message": ""}, "budget": {"num_evaluations": 10, "sequences": 320, "full_sequences": 3200, "scale": 1.0}, "pruner": {"kind": "percentile", "percentile": 90.0, "startup": 2, "warmup_fraction": 0.3, "minimum": 2, "others_best": true}, "sampler": {"startup": 5}, "settings": {"max_protein_len": 64, "precision": "fp32", "compile": false, "threads": 1, "num_training": null, "num_validation": null, "noise_seed": 0, "patience": true}, "notify": {"command": ""}, "trackers": {"tensorboard": false, "wandb": false, "mlflow": false}, "space": {"lr": {"low": 1e-05, "high": 0.03, "log": true}, "weight_decay": null, "decay": {"low": 0.001, "high": 1.0, "log": true}, "dropout": {"low": 0.0, "high": 0.3, "log": false}, "hidden_size": {"choices": [8]}, "head_dim": {"choices": [8]}, "n_blocks": {"choices": [1]}, "cond_dim": {"choices": [8]}, "effective_batch": {"choices": [4, 8]}, "ema_fraction": {"choices": [0.01, 0.03, 0.1]}, "beta2": {"choices": [0.95, 0.99, 0.999]}, "grad_clip": {"choices": [0.5, 1.0, 2.0]}, "warmup_fraction": {"low": 0.02, "high": 0.2, "log": false}, "schedule": {"choices": ["loglinear", "cosine"]}, "curriculum": {"choices": [false, true]}, "preschool_fraction": {"low": 0.05, "high": 0.3, "log": false}}, "presets": [{"name": "short", "lr": 0.001, "weight_decay": 0.01, "dropout": 0.05, "hidden_size": 8, "n_blocks": 1, "cond_dim": 8, "effective_batch": 8, "ema_fraction": 0.03, "beta2": 0.99, "grad_clip": 1.0, "schedule": "loglinear", "n_heads": 1, "micro_batch": 8, "sweep": {"iterations": 40, "warmup": 4, "preschool": 0}, "full": {"iterations": 400, "warmup": 40, "preschool": 0}}], "rounding": "width", "data": {"sequences": 40}, "evaluation": {"draws": 2}}');
INSERT INTO public.study_user_attributes VALUES (2, 1, 'optsweep:data', '{"corpus": "@FOLDER@/data/proteins.pt", "fingerprint": "2ea64b4901242ee715720f8347483621", "content": "2b67da56fd53607fdc80dcd9eb10cd0b", "demo": false, "subset": "@FOLDER@/data/proteins_sweep.pt", "num_sequences": 80, "source_sequences": 80, "synthetic": true, "manifest": {"kind": "subset", "source": "proteins.pt", "source_size": 19681, "source_fingerprint": "2ea64b4901242ee715720f8347483621", "n": 10000, "seed": 42, "version": 2, "num_source": 80, "num_differing": 0, "rule": {"name": "demo families", "words": "the demo corpus'' own families"}, "num_left_out": 0, "notes": ["validation is one family of 5 sequences: none is smaller", "confirmation is one family of 6 sequences: none is smaller"], "synthetic": true, "source_manifest": {"kind": "corpus", "synthetic": true, "description": "synthetic protein families, evolved from random ancestors by a substitution model", "version": 1, "num_sequences": 80, "seed": 20250101}}, "weights": {"validation": [62, 62, 62, 62, 62], "confirmation": [62, 62, 62, 62, 62, 62]}, "training": {"sequences": 69, "residues": 4278}, "reference": {"unigram_entropy": 2.406289592610669, "composition_entropy": 2.3947942799413604}, "trains_on": null}');
INSERT INTO public.study_user_attributes VALUES (6, 1, 'optsweep:stop', 'null');
INSERT INTO public.study_user_attributes VALUES (7, 1, 'optsweep:target', '6');
INSERT INTO public.study_user_attributes VALUES (8, 1, 'optsweep:deadline', 'null');
INSERT INTO public.study_user_attributes VALUES (9, 1, 'optsweep:max_gpu_hours', 'null');
INSERT INTO public.study_user_attributes VALUES (10, 1, 'optsweep:last_end', '{"reason": "asked to leave by SIGINT"}');
INSERT INTO public.trial_intermediate_values VALUES (1, 1, 1, 3.857337467676524, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (2, 1, 2, 3.7394679412104095, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (3, 1, 3, 3.631283763824103, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (4, 1, 4, 3.540514610068807, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (5, 1, 5, 3.4685683796374085, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (6, 1, 6, 3.416656219189133, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (7, 1, 7, 3.3822216460163608, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (8, 1, 8, 3.361051503062467, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (9, 1, 9, 3.351437679171141, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (10, 1, 10, 3.34909479354205, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (11, 2, 1, 3.009650302192377, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (12, 2, 2, 2.9931299490657204, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (13, 2, 3, 2.974687424622041, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (14, 2, 4, 2.96007292832266, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (15, 2, 5, 2.949850032835513, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (16, 2, 6, 2.9429420164831184, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (17, 2, 7, 2.9384704598379088, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (18, 2, 8, 2.9360135374944383, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (19, 2, 9, 2.935018262230613, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (20, 2, 10, 2.934796725750571, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (21, 3, 1, 3.080274666668532, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (22, 3, 2, 3.011594807719101, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (23, 3, 3, 2.964253425003535, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (24, 3, 4, 2.9636240249248686, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (25, 3, 5, 2.9420155966261565, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (26, 3, 6, 2.8962831272328193, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (27, 3, 7, 2.895120724673877, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (28, 3, 8, 2.9120249281230395, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (29, 3, 9, 2.923924105966682, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (30, 3, 10, 2.929871959065353, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (31, 4, 1, 3.0492442835901037, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (32, 4, 2, 3.0037203237798495, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (33, 4, 3, 2.949654092886042, 'FINITE');
INSERT INTO public.trial_params VALUES (1, 1, 'lr', 0.001, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.03, "log": true}}');
INSERT INTO public.trial_params VALUES (2, 1, 'decay', 0.001, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 1.0, "log": true}}');
INSERT INTO public.trial_params VALUES (3, 1, 'dropout', 0.05, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.3, "log": false}}');
INSERT INTO public.trial_params VALUES (4, 1, 'hidden_size', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO public.trial_params VALUES (5, 1, 'head_dim', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO public.trial_params VALUES (6, 1, 'n_blocks', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [1]}}');
INSERT INTO public.trial_params VALUES (7, 1, 'cond_dim', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO public.trial_params VALUES (8, 1, 'effective_batch', 1, '{"name": "CategoricalDistribution", "attributes": {"choices": [4, 8]}}');
INSERT INTO public.trial_params VALUES (9, 1, 'ema_fraction', 1, '{"name": "CategoricalDistribution", "attributes": {"choices": [0.01, 0.03, 0.1]}}');
INSERT INTO public.trial_params VALUES (10, 1, 'beta2', 1, '{"name": "CategoricalDistribution", "attributes": {"choices": [0.95, 0.99, 0.999]}}');
INSERT INTO public.trial_params VALUES (11, 1, 'grad_clip', 1, '{"name": "CategoricalDistribution", "attributes": {"choices": [0.5, 1.0, 2.0]}}');
INSERT INTO public.trial_params VALUES (12, 1, 'warmup_fraction', 0.1, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.02, "high": 0.2, "log": false}}');
INSERT INTO public.trial_params VALUES (13, 1, 'schedule', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": ["loglinear", "cosine"]}}');
INSERT INTO public.trial_params VALUES (14, 1, 'curriculum', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [false, true]}}');
INSERT INTO public.trial_params VALUES (15, 2, 'lr', 0.000142, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.03, "log": true}}');
INSERT INTO public.trial_params VALUES (16, 2, 'decay', 0.268, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 1.0, "log": true}}');
INSERT INTO public.trial_params VALUES (17, 2, 'dropout', 0.171, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.3, "log": false}}');
INSERT INTO public.trial_params VALUES (18, 2, 'hidden_size', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO public.trial_params VALUES (19, 2, 'head_dim', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO public.trial_params VALUES (20, 2, 'n_blocks', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [1]}}');
INSERT INTO public.trial_params VALUES (21, 2, 'cond_dim', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO public.trial_params VALUES (22, 2, 'effective_batch', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [4, 8]}}');
INSERT INTO public.trial_params VALUES (23, 2, 'ema_fraction', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [0.01, 0.03, 0.1]}}');
INSERT INTO public.trial_params VALUES (24, 2, 'beta2', 2, '{"name": "CategoricalDistribution", "attributes": {"choices": [0.95, 0.99, 0.999]}}');
INSERT INTO public.trial_params VALUES (25, 2, 'grad_clip', 2, '{"name": "CategoricalDistribution", "attributes": {"choices": [0.5, 1.0, 2.0]}}');
INSERT INTO public.trial_params VALUES (26, 2, 'warmup_fraction', 0.199, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.02, "high": 0.2, "log": false}}');
INSERT INTO public.trial_params VALUES (27, 2, 'schedule', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": ["loglinear", "cosine"]}}');
INSERT INTO public.trial_params VALUES (28, 2, 'curriculum', 1, '{"name": "CategoricalDistribution", "attributes": {"choices": [false, true]}}');
INSERT INTO public.trial_params VALUES (29, 2, 'preschool_fraction', 0.113, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.05, "high": 0.3, "log": false}}');
INSERT INTO public.trial_params VALUES (30, 3, 'lr', 0.0119, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.03, "log": true}}');
INSERT INTO public.trial_params VALUES (31, 3, 'decay', 0.00481, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 1.0, "log": true}}');
INSERT INTO public.trial_params VALUES (32, 3, 'dropout', 0.0744, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.3, "log": false}}');
INSERT INTO public.trial_params VALUES (33, 3, 'hidden_size', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO public.trial_params VALUES (34, 3, 'head_dim', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO public.trial_params VALUES (35, 3, 'n_blocks', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [1]}}');
INSERT INTO public.trial_params VALUES (36, 3, 'cond_dim', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO public.trial_params VALUES (37, 3, 'effective_batch', 1, '{"name": "CategoricalDistribution", "attributes": {"choices": [4, 8]}}');
INSERT INTO public.trial_params VALUES (38, 3, 'ema_fraction', 2, '{"name": "CategoricalDistribution", "attributes": {"choices": [0.01, 0.03, 0.1]}}');
INSERT INTO public.trial_params VALUES (39, 3, 'beta2', 1, '{"name": "CategoricalDistribution", "attributes": {"choices": [0.95, 0.99, 0.999]}}');
INSERT INTO public.trial_params VALUES (40, 3, 'grad_clip', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [0.5, 1.0, 2.0]}}');
INSERT INTO public.trial_params VALUES (41, 3, 'warmup_fraction', 0.108, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.02, "high": 0.2, "log": false}}');
INSERT INTO public.trial_params VALUES (42, 3, 'schedule', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": ["loglinear", "cosine"]}}');
INSERT INTO public.trial_params VALUES (43, 3, 'curriculum', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [false, true]}}');
INSERT INTO public.trial_params VALUES (44, 4, 'lr', 0.0119, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.03, "log": true}}');
INSERT INTO public.trial_params VALUES (45, 4, 'decay', 0.00481, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 1.0, "log": true}}');
INSERT INTO public.trial_params VALUES (46, 4, 'dropout', 0.0744, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.3, "log": false}}');
INSERT INTO public.trial_params VALUES (47, 4, 'hidden_size', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO public.trial_params VALUES (48, 4, 'head_dim', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO public.trial_params VALUES (49, 4, 'n_blocks', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [1]}}');
INSERT INTO public.trial_params VALUES (50, 4, 'cond_dim', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO public.trial_params VALUES (51, 4, 'effective_batch', 1, '{"name": "CategoricalDistribution", "attributes": {"choices": [4, 8]}}');
INSERT INTO public.trial_params VALUES (52, 4, 'ema_fraction', 2, '{"name": "CategoricalDistribution", "attributes": {"choices": [0.01, 0.03, 0.1]}}');
INSERT INTO public.trial_params VALUES (53, 4, 'beta2', 1, '{"name": "CategoricalDistribution", "attributes": {"choices": [0.95, 0.99, 0.999]}}');
INSERT INTO public.trial_params VALUES (54, 4, 'grad_clip', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [0.5, 1.0, 2.0]}}');
INSERT INTO public.trial_params VALUES (55, 4, 'warmup_fraction', 0.108, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.02, "high": 0.2, "log": false}}');
INSERT INTO public.trial_params VALUES (56, 4, 'schedule', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": ["loglinear", "cosine"]}}');
INSERT INTO public.trial_params VALUES (57, 4, 'curriculum', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [false, true]}}');
INSERT INTO public.trial_user_attributes VALUES (1, 1, 'optsweep:run', '"short"');
INSERT INTO public.trial_user_attributes VALUES (2, 1, 'optsweep:index', '0');
INSERT INTO public.trial_user_attributes VALUES (3, 1, 'optsweep:source', '"preset"');
INSERT INTO public.trial_user_attributes VALUES (4, 1, 'optsweep:preset', '"short"');
INSERT INTO public.trial_user_attributes VALUES (5, 1, 'optsweep:fixed', '{"lr": 0.001, "decay": 0.001, "dropout": 0.05, "hidden_size": 8, "head_dim": 8, "n_blocks": 1, "cond_dim": 8, "effective_batch": 8, "ema_fraction": 0.03, "beta2": 0.99, "grad_clip": 1.0, "warmup_fraction": 0.1, "schedule": "loglinear", "curriculum": false}');
INSERT INTO public.trial_user_attributes VALUES (6, 2, 'optsweep:run', '"tpe-001"');
INSERT INTO public.trial_user_attributes VALUES (7, 2, 'optsweep:index', '1');
INSERT INTO public.trial_user_attributes VALUES (8, 2, 'optsweep:source', '"tpe"');
INSERT INTO public.trial_user_attributes VALUES (9, 2, 'optsweep:preset', 'null');
INSERT INTO public.trial_user_attributes VALUES (10, 2, 'optsweep:fixed', '{}');
INSERT INTO public.trial_user_attributes VALUES (11, 3, 'optsweep:run', '"tpe-002"');
INSERT INTO public.trial_user_attributes VALUES (12, 3, 'optsweep:index', '2');
INSERT INTO public.trial_user_attributes VALUES (13, 3, 'optsweep:source', '"tpe"');
INSERT INTO public.trial_user_attributes VALUES (14, 3, 'optsweep:preset', 'null');
INSERT INTO public.trial_user_attributes VALUES (15, 3, 'optsweep:fixed', '{}');
INSERT INTO public.trial_user_attributes VALUES (17, 4, 'optsweep:index', '0');
INSERT INTO public.trial_user_attributes VALUES (18, 4, 'optsweep:source', '"repeat"');
INSERT INTO public.trial_user_attributes VALUES (19, 4, 'optsweep:preset', 'null');
INSERT INTO public.trial_user_attributes VALUES (20, 4, 'optsweep:fixed', '{}');
INSERT INTO public.trial_user_attributes VALUES (21, 5, 'optsweep:run', '"repeat-002"');
INSERT INTO public.trial_user_attributes VALUES (22, 5, 'optsweep:index', '1');
INSERT INTO public.trial_user_attributes VALUES (23, 5, 'optsweep:source', '"repeat"');
INSERT INTO public.trial_user_attributes VALUES (24, 5, 'optsweep:preset', 'null');
INSERT INTO public.trial_user_attributes VALUES (25, 5, 'optsweep:fixed', '{}');
INSERT INTO public.trial_user_attributes VALUES (26, 6, 'optsweep:run', '"repeat-003"');
INSERT INTO public.trial_user_attributes VALUES (27, 6, 'optsweep:index', '2');
INSERT INTO public.trial_user_attributes VALUES (28, 6, 'optsweep:source', '"repeat"');
INSERT INTO public.trial_user_attributes VALUES (29, 6, 'optsweep:preset', 'null');
INSERT INTO public.trial_user_attributes VALUES (30, 6, 'optsweep:fixed', '{}');
INSERT INTO public.trial_user_attributes VALUES (31, 1, 'optsweep:config', '{"model": {"hidden_size": 8, "n_heads": 1, "n_blocks": 1, "dropout": 0.05, "cond_dim": 8}, "training": {"n_iters": 40, "effective_batch": 8, "micro_batch": 8, "ema_fraction": 0.03, "seed": 1094814236, "precision": "fp32", "compile": false, "threads": 1, "patience": true}, "optim": {"lr": 0.001, "warmup": 4, "weight_decay": 0.01, "beta2": 0.99, "grad_clip": 1.0}, "noise": {"schedule": "loglinear"}, "curriculum": {"enabled": false, "preschool_time": 0}, "data": {"max_protein_len": 64, "num_sequences": 40}, "evaluation": {"every_sequences": 32, "num_evaluations": null, "num_sequences": null, "noise_seed": 0, "draws": 2}, "provenance": {"study": "half", "run": "short", "source": "preset", "trial": 0, "subset": "@FOLDER@/data/proteins_sweep.pt", "optsweep": "0.1.0", "torch": "2.13.0+cpu", "full": {"n_iters": 400, "warmup": 40, "preschool_time": 0}}}');
INSERT INTO public.trial_user_attributes VALUES (32, 2, 'optsweep:random_start', 'true');
INSERT INTO public.trial_user_attributes VALUES (33, 2, 'optsweep:config', '{"model": {"hidden_size": 8, "n_heads": 1, "n_blocks": 1, "dropout": 0.171, "cond_dim": 8}, "training": {"n_iters": 80, "effective_batch": 4, "micro_batch": "auto", "ema_fraction": 0.01, "seed": 1091901291, "precision": "fp32", "compile": false, "threads": 1, "patience": true}, "optim": {"lr": 0.000142, "warmup": 16, "weight_decay": 45.68132503115024, "beta2": 0.999, "grad_clip": 2.0}, "noise": {"schedule": "loglinear"}, "curriculum": {"enabled": true, "preschool_time": 9}, "data": {"max_protein_len": 64, "num_sequences": 40}, "evaluation": {"every_sequences": 32, "num_evaluations": null, "num_sequences": null, "noise_seed": 0, "draws": 2}, "provenance": {"study": "half", "run": "tpe-001", "source": "tpe", "trial": 1, "subset": "@FOLDER@/data/proteins_sweep.pt", "optsweep": "0.1.0", "torch": "2.13.0+cpu", "full": {"n_iters": 800, "warmup": 159, "preschool_time": 90}}}');
INSERT INTO public.trial_user_attributes VALUES (34, 3, 'optsweep:random_start', 'true');
INSERT INTO public.trial_user_attributes VALUES (35, 3, 'optsweep:config', '{"model": {"hidden_size": 8, "n_heads": 1, "n_blocks": 1, "dropout": 0.0744, "cond_dim": 8}, "training": {"n_iters": 40, "effective_batch": 8, "micro_batch": "auto", "ema_fraction": 0.1, "seed": 657124449, "precision": "fp32", "compile": false, "threads": 1, "patience": true}, "optim": {"lr": 0.0119, "warmup": 4, "weight_decay": 0.01908862718641175, "beta2": 0.99, "grad_clip": 0.5}, "noise": {"schedule": "loglinear"}, "curriculum": {"enabled": false, "preschool_time": 0}, "data": {"max_protein_len": 64, "num_sequences": 40}, "evaluation": {"every_sequences": 32, "num_evaluations": null, "num_sequences": null, "noise_seed": 0, "draws": 2}, "provenance": {"study": "half", "run": "tpe-002", "source": "tpe", "trial": 2, "subset": "@FOLDER@/data/proteins_sweep.pt", "optsweep": "0.1.0", "torch": "2.13.0+cpu", "full": {"n_iters": 400, "warmup": 43, "preschool_time": 0}}}');
INSERT INTO public.trial_user_attributes VALUES (16, 4, 'optsweep:run', '"tpe-002-seed2"');
INSERT INTO public.trial_user_attributes VALUES (36, 4, 'optsweep:repeat_of', '"tpe-002"');
INSERT INTO public.trial_user_attributes VALUES (37, 4, 'optsweep:after_choice', 'false');
INSERT INTO public.trial_user_attributes VALUES (38, 4, 'optsweep:config', '{"model": {"hidden_size": 8, "n_heads": 1, "n_blocks": 1, "dropout": 0.0744, "cond_dim": 8}, "training": {"n_iters": 40, "effective_batch": 8, "micro_batch": "auto", "ema_fraction": 0.1, "seed": 1231564898, "precision": "fp32", "compile": false, "threads": 1, "patience": true}, "optim": {"lr": 0.0119, "warmup": 4, "weight_decay": 0.01908862718641175, "beta2": 0.99, "grad_clip": 0.5}, "noise": {"schedule": "loglinear"}, "curriculum": {"enabled": false, "preschool_time": 0}, "data": {"max_protein_len": 64, "num_sequences": 40}, "evaluation": {"every_sequences": 32, "num_evaluations": null, "num_sequences": null, "noise_seed": 0, "draws": 2}, "provenance": {"study": "half", "run": "tpe-002-seed2", "source": "tpe", "trial": 3, "subset": "@FOLDER@/data/proteins_sweep.pt", "optsweep": "0.1.0", "torch": "2.13.0+cpu", "full": {"n_iters": 400, "warmup": 43, "preschool_time": 0}, "repeat_of": "tpe-002"}}');
INSERT INTO public.trial_values VALUES (1, 1, 0, 3.34909479354205, 'FINITE');
INSERT INTO public.trial_values VALUES (2, 2, 0, 2.934796725750571, 'FINITE');
INSERT INTO public.trial_values VALUES (3, 3, 0, 2.895120724673877, 'FINITE');
INSERT INTO public.trials VALUES (5, 4, 1, 'WAITING', NULL, NULL);
INSERT INTO public.trials VALUES (6, 5, 1, 'WAITING', NULL, NULL);
INSERT INTO public.trials VALUES (1, 0, 1, 'COMPLETE', '2026-11-26 18:42:55.718778', '2026-11-26 18:42:56.626022');
INSERT INTO public.trials VALUES (2, 1, 1, 'COMPLETE', '2026-11-26 18:42:56.704804', '2026-11-26 18:42:58.402721');
INSERT INTO public.trials VALUES (3, 2, 1, 'COMPLETE', '2026-11-26 18:42:58.462492', '2026-11-26 18:42:59.72698');
INSERT INTO public.trials VALUES (4, 3, 1, 'WAITING', '2026-11-26 18:42:59.842625', NULL);
INSERT INTO public.version_info VALUES (1, 12, '5.0.0');
SELECT pg_catalog.setval('public.optsweep_run_events_id_seq', 18, true);
SELECT pg_catalog.setval('public.studies_study_id_seq', 1, true);
SELECT pg_catalog.setval('public.study_directions_study_direction_id_seq', 1, true);
SELECT pg_catalog.setval('public.study_system_attributes_study_system_attribute_id_seq', 1, false);
SELECT pg_catalog.setval('public.study_user_attributes_study_user_attribute_id_seq', 10, true);
SELECT pg_catalog.setval('public.trial_heartbeats_trial_heartbeat_id_seq', 1, false);
SELECT pg_catalog.setval('public.trial_intermediate_values_trial_intermediate_value_id_seq', 33, true);
SELECT pg_catalog.setval('public.trial_params_param_id_seq', 57, true);
SELECT pg_catalog.setval('public.trial_system_attributes_trial_system_attribute_id_seq', 1, false);
SELECT pg_catalog.setval('public.trial_user_attributes_trial_user_attribute_id_seq', 38, true);
SELECT pg_catalog.setval('public.trial_values_trial_value_id_seq', 3, true);
SELECT pg_catalog.setval('public.trials_trial_id_seq', 6, true);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.optsweep_losses
    ADD CONSTRAINT optsweep_losses_pkey PRIMARY KEY (trial_id);
ALTER TABLE ONLY public.optsweep_run_events
    ADD CONSTRAINT optsweep_run_events_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.optsweep_run_events
    ADD CONSTRAINT optsweep_run_events_trial_id_token_what_key UNIQUE (trial_id, token, what);
ALTER TABLE ONLY public.optsweep_runs
    ADD CONSTRAINT optsweep_runs_pkey PRIMARY KEY (trial_id);
ALTER TABLE ONLY public.optsweep_subsets
    ADD CONSTRAINT optsweep_subsets_pkey PRIMARY KEY (content, part);
ALTER TABLE ONLY public.studies
    ADD CONSTRAINT studies_pkey PRIMARY KEY (study_id);
ALTER TABLE ONLY public.study_directions
    ADD CONSTRAINT study_directions_pkey PRIMARY KEY (study_direction_id);
ALTER TABLE ONLY public.study_directions
    ADD CONSTRAINT study_directions_study_id_objective_key UNIQUE (study_id, objective);
ALTER TABLE ONLY public.study_system_attributes
    ADD CONSTRAINT study_system_attributes_pkey PRIMARY KEY (study_system_attribute_id);
ALTER TABLE ONLY public.study_system_attributes
    ADD CONSTRAINT study_system_attributes_study_id_key_key UNIQUE (study_id, key);
ALTER TABLE ONLY public.study_user_attributes
    ADD CONSTRAINT study_user_attributes_pkey PRIMARY KEY (study_user_attribute_id);
ALTER TABLE ONLY public.study_user_attributes
    ADD CONSTRAINT study_user_attributes_study_id_key_key UNIQUE (study_id, key);
ALTER TABLE ONLY public.trial_heartbeats
    ADD CONSTRAINT trial_heartbeats_pkey PRIMARY KEY (trial_heartbeat_id);
ALTER TABLE ONLY public.trial_heartbeats
    ADD CONSTRAINT trial_heartbeats_trial_id_key UNIQUE (trial_id);
ALTER TABLE ONLY public.trial_intermediate_values
    ADD CONSTRAINT trial_intermediate_values_pkey PRIMARY KEY (trial_intermediate_value_id);
ALTER TABLE ONLY public.trial_intermediate_values
    ADD CONSTRAINT trial_intermediate_values_trial_id_step_key UNIQUE (trial_id, step);
ALTER TABLE ONLY public.trial_params
    ADD CONSTRAINT trial_params_pkey PRIMARY KEY (param_id);
ALTER TABLE ONLY public.trial_params
    ADD CONSTRAINT trial_params_trial_id_param_name_key UNIQUE (trial_id, param_name);
ALTER TABLE ONLY public.trial_system_attributes
    ADD CONSTRAINT trial_system_attributes_pkey PRIMARY KEY (trial_system_attribute_id);
ALTER TABLE ONLY public.trial_system_attributes
    ADD CONSTRAINT trial_system_attributes_trial_id_key_key UNIQUE (trial_id, key);
ALTER TABLE ONLY public.trial_user_attributes
    ADD CONSTRAINT trial_user_attributes_pkey PRIMARY KEY (trial_user_attribute_id);
ALTER TABLE ONLY public.trial_user_attributes
    ADD CONSTRAINT trial_user_attributes_trial_id_key_key UNIQUE (trial_id, key);
ALTER TABLE ONLY public.trial_values
    ADD CONSTRAINT trial_values_pkey PRIMARY KEY (trial_value_id);
ALTER TABLE ONLY public.trial_values
    ADD CONSTRAINT trial_values_trial_id_objective_key UNIQUE (trial_id, objective);
ALTER TABLE ONLY public.trials
    ADD CONSTRAINT trials_pkey PRIMARY KEY (trial_id);
ALTER TABLE ONLY public.version_info
    ADD CONSTRAINT version_info_pkey PRIMARY KEY (version_info_id);
CREATE INDEX ix_optsweep_losses_study_id ON public.optsweep_losses USING btree (study_id);
CREATE INDEX ix_optsweep_runs_study_id ON public.optsweep_runs USING btree (study_id);
CREATE UNIQUE INDEX ix_studies_study_name ON public.studies USING btree (study_name);
CREATE INDEX ix_trials_study_id ON public.trials USING btree (study_id);
ALTER TABLE ONLY public.study_directions
    ADD CONSTRAINT study_directions_study_id_fkey FOREIGN KEY (study_id) REFERENCES public.studies(study_id);
ALTER TABLE ONLY public.study_system_attributes
    ADD CONSTRAINT study_system_attributes_study_id_fkey FOREIGN KEY (study_id) REFERENCES public.studies(study_id);
ALTER TABLE ONLY public.study_user_attributes
    ADD CONSTRAINT study_user_attributes_study_id_fkey FOREIGN KEY (study_id) REFERENCES public.studies(study_id);
ALTER TABLE ONLY public.trial_heartbeats
    ADD CONSTRAINT trial_heartbeats_trial_id_fkey FOREIGN KEY (trial_id) REFERENCES public.trials(trial_id);
ALTER TABLE ONLY public.trial_intermediate_values
    ADD CONSTRAINT trial_intermediate_values_trial_id_fkey FOREIGN KEY (trial_id) REFERENCES public.trials(trial_id);
ALTER TABLE ONLY public.trial_params
    ADD CONSTRAINT trial_params_trial_id_fkey FOREIGN KEY (trial_id) REFERENCES public.trials(trial_id);
ALTER TABLE ONLY public.trial_system_attributes
    ADD CONSTRAINT trial_system_attributes_trial_id_fkey FOREIGN KEY (trial_id) REFERENCES public.trials(trial_id);
ALTER TABLE ONLY public.trial_user_attributes
    ADD CONSTRAINT trial_user_attributes_trial_id_fkey FOREIGN KEY (trial_id) REFERENCES public.trials(trial_id);
ALTER TABLE ONLY public.trial_values
    ADD CONSTRAINT trial_values_trial_id_fkey FOREIGN KEY (trial_id) REFERENCES public.trials(trial_id);
ALTER TABLE ONLY public.trials
    ADD CONSTRAINT trials_study_id_fkey FOREIGN KEY (study_id) REFERENCES public.studies(study_id);
