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
INSERT INTO public.optsweep_losses VALUES (2, 1, '\x617744402705284068b44040808745400f4c4240ca7b4040');
INSERT INTO public.optsweep_losses VALUES (1, 1, '\x43c547406c1d2a40015f45408fd54640a05a4540fae74740');
INSERT INTO public.optsweep_losses VALUES (3, 1, '\x89005e4082e72240177059407a894c403e176640c5e74c40');
INSERT INTO public.optsweep_run_events VALUES (1, 1, 1, 'short', '', 'planned', 1795688551.526956, NULL, NULL, NULL);
INSERT INTO public.optsweep_run_events VALUES (2, 1, 2, 'long', '', 'planned', 1795688551.526956, NULL, NULL, NULL);
INSERT INTO public.optsweep_run_events VALUES (3, 1, 3, 'tpe-001', '', 'planned', 1795688551.526956, NULL, NULL, NULL);
INSERT INTO public.optsweep_run_events VALUES (4, 1, 4, 'tpe-002', '', 'planned', 1795688551.526956, NULL, NULL, NULL);
INSERT INTO public.optsweep_run_events VALUES (5, 1, 5, 'tpe-003', '', 'planned', 1795688551.526956, NULL, NULL, NULL);
INSERT INTO public.optsweep_run_events VALUES (6, 1, 2, 'long', '8c6a4b71de284b4393594b37021de3b3', 'claimed', 1795688554.724719, 'CPU worker 0', 'vm/3d1219c7c4c5/4026531836', 'attempt 1');
INSERT INTO public.optsweep_run_events VALUES (7, 1, 2, 'long', '8c6a4b71de284b4393594b37021de3b3', 'evaluated', 1795688555.551143, 'CPU worker 0', 'vm/3d1219c7c4c5/4026531836', '2.98162 at evaluation 12');
INSERT INTO public.optsweep_run_events VALUES (8, 1, 2, 'long', '8c6a4b71de284b4393594b37021de3b3', 'complete', 1795688555.640131, 'CPU worker 0', 'vm/3d1219c7c4c5/4026531836', '2.96313');
INSERT INTO public.optsweep_run_events VALUES (9, 1, 1, 'short', '1c589a720bf545388581c822a1d9c924', 'claimed', 1795688555.686335, 'CPU worker 0', 'vm/3d1219c7c4c5/4026531836', 'attempt 1');
INSERT INTO public.optsweep_run_events VALUES (10, 1, 1, 'short', '1c589a720bf545388581c822a1d9c924', 'evaluated', 1795688556.217543, 'CPU worker 0', 'vm/3d1219c7c4c5/4026531836', '3.01879 at evaluation 10');
INSERT INTO public.optsweep_run_events VALUES (11, 1, 1, 'short', '1c589a720bf545388581c822a1d9c924', 'complete', 1795688556.252457, 'CPU worker 0', 'vm/3d1219c7c4c5/4026531836', '3.01879');
INSERT INTO public.optsweep_run_events VALUES (12, 1, 3, 'tpe-001', 'a1317e6db8e64f989ea3736bd2d1fdab', 'claimed', 1795688556.281947, 'CPU worker 0', 'vm/3d1219c7c4c5/4026531836', 'attempt 1');
INSERT INTO public.optsweep_run_events VALUES (13, 1, 3, 'tpe-001', 'a1317e6db8e64f989ea3736bd2d1fdab', 'evaluated', 1795688556.726915, 'CPU worker 0', 'vm/3d1219c7c4c5/4026531836', '3.20791 at evaluation 4');
INSERT INTO public.optsweep_run_events VALUES (14, 1, 3, 'tpe-001', 'a1317e6db8e64f989ea3736bd2d1fdab', 'pruned', 1795688556.76158, 'CPU worker 0', 'vm/3d1219c7c4c5/4026531836', 'pruned at 40 %: 3.21 > 3.03, the limit of the best 90 % of 2 runs');
INSERT INTO public.optsweep_run_events VALUES (15, 1, 4, 'tpe-002', '00790487ade74f069eb44486c0ed0564', 'claimed', 1795688556.790636, 'CPU worker 0', 'vm/3d1219c7c4c5/4026531836', 'attempt 1');
INSERT INTO public.optsweep_run_events VALUES (16, 1, 4, 'tpe-002', '00790487ade74f069eb44486c0ed0564', 'evaluated', 1795688557.057503, 'CPU worker 0', 'vm/3d1219c7c4c5/4026531836', '3.01743 at evaluation 3');
INSERT INTO public.optsweep_run_events VALUES (17, 1, 4, 'tpe-002', '00790487ade74f069eb44486c0ed0564', 'handed back', 1795688557.08672, 'CPU worker 0', 'vm/3d1219c7c4c5/4026531836', 'asked to leave by SIGTERM');
INSERT INTO public.optsweep_run_events VALUES (18, 1, 6, 'user-001', '04c6d880851e4d27b69909f519e712fc', 'planned', 1795688560.342354, NULL, NULL, NULL);
INSERT INTO public.optsweep_runs VALUES (5, 1, 'tpe-003', 2000002, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.optsweep_runs VALUES (4, 1, 'tpe-002', 2000001, NULL, 'CPU worker 0', 'vm/3d1219c7c4c5/4026531836', '6d737759-62d1-4d1e-a437-d34bdaebcc04', 21500, 128474, 1795688557.08672, NULL, 1, 0, 1, 12, 12, 0.3, 96, 0.18885652099993422, 3.077406406402588, 56068.80723817122, 3.0174265902606123, 12, 3.0174265902606123, NULL, 'asked to leave by SIGTERM', 1795688556.790636, 1795688557.08672);
INSERT INTO public.optsweep_runs VALUES (6, 1, 'user-001', 1000005, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.optsweep_runs VALUES (1, 1, 'short', 1, NULL, 'CPU worker 0', 'vm/3d1219c7c4c5/4026531836', '6d737759-62d1-4d1e-a437-d34bdaebcc04', 21500, 128474, 1795688556.252457, NULL, 1, 0, 0, 40, 0, 1, 320, 0.4451830720001908, 3.078594207763672, 90883.3807103543, 3.0187920815700098, 40, 3.0187920815700098, 'complete', NULL, 1795688555.686335, 1795688556.252457);
INSERT INTO public.optsweep_runs VALUES (2, 1, 'long', 0, NULL, 'CPU worker 0', 'vm/3d1219c7c4c5/4026531836', '6d737759-62d1-4d1e-a437-d34bdaebcc04', 21500, 128474, 1795688555.640131, NULL, 1, 0, 0, 50, 0, 1, 400, 0.7641021470001306, 3.185704231262207, 22220.040119592777, 2.9631254171740213, 16, 2.9819175330251317, 'complete', NULL, 1795688554.724719, 1795688555.640131);
INSERT INTO public.optsweep_runs VALUES (3, 1, 'tpe-001', 2000000, NULL, 'CPU worker 0', 'vm/3d1219c7c4c5/4026531836', '6d737759-62d1-4d1e-a437-d34bdaebcc04', 21500, 128474, 1795688556.76158, NULL, 1, 0, 0, 32, 0, 0.4, 128, 0.35293281500003104, 3.6214587688446045, 88149.259894126, 3.207908314859134, 32, 3.207908314859134, 'pruned', 'pruned at 40 %: 3.21 > 3.03, the limit of the best 90 % of 2 runs', 1795688556.281947, 1795688556.76158);
INSERT INTO public.optsweep_subsets VALUES ('18d657b51ee8ad82ed7d174aec16a85a', 0, '\x789cad5a6b88e5e7593f49fadeeff737bd4e2fb19ba64976b3bbcda59784a526ca2634ad2d0e6ad8cece9ccd8edd9dd9337326e9b6044369c1aa88fac50bc56f222a14d182faa55a3f685144a48860516805a514c10f7e2842d1df7bce7fafad343439cb9967e79cff792fcffb3cbfcbffccb367ef7addfdb3f5e3adb3ab17d3f3ff3b3dececa3b3ad83ed8bbb2fcc1fdcd95a6e3d78fcc933ef9bbd9ac71d333ffbfa9bd6ffbf167da12c5b2d6cd52147593c5324901a7b72b97915736fa63516924cb5bbeeb8ecb6e96a9389bae64423e34527ab4af0810bc29b33aae81643d2b537c7b26856fb668a212e2b8fcb38f5b59146abcd52662e39c6c4009668c3597522144258e2293ad1337ed55e052a7b5555b56424a9a47b5eb13ead44c447a2b4aa562254cf78a13455a3ed2251de440e452b5943afcc2ba33b63cc37ea7dd7d2b1ca880cc494ccb3e736f2627a71c5272514c949694d55b032e75aade682eb4233f54a7482eb9b60a150518cac8990ac6d6559b9c81946754d56d6886aa59514b9c14e24c5d00ee3284982f15433268b364110e7828949582b8c6f580e7595e7aa22729a7cadd8a9143ed39894e389f41264eb2c97984cebba18ae187e0f8649910837248422a4935ec65cbab3d96bc90a4baee7ce9c574e3b628cd239daa00591be16d76d31a92b1e9c8ebeabd063a75d744912cf5a729a49cb262a8b7392d4533af6636210a24a5a3060e2311519841feb163d1552833239f3c0bb692920d32c29c344a442b54e0ac1ec2e5513250a4698dcb1626da5658212626b919c979089aece4b1a1552c4b2e11619e346c93153e658008acb25d7a80c9d724a05368f57a86224d65c4d9252a99a14925595115ea9dc3d8b060b4c6e4ca271ad27252aa955c21c4a515476eba5b5825cf59c926ec158943c8bbe7193287592c9e028ad8157a24b92156764a26b39958e23c8ce9a9a3da996cb4818e677de3b57ba094a39ef3a0f3d796d5a8db5156df3e81ccbb4211c43c92e1d729b6db23d51d67140b6eb5468e8ce2175cc9bc8a4b4b9e648998956078bc644f73457436939a00a1326a5a812e6a460d28486436ae8106bbde03979cb463ebbb00a35485df251705f0d2168321171fe8e282673243431542b6148828812f3eb124ac06e0336a22bd2e0b8304e4aec99e9ae7d711e85487d2cb68ccac968282671508ea0041b2338716d2ccd2196e25df6197d68630b0ced49124e2c54245c67954560b1f26055eaa4eac213553d666b6d4edc388f03d28c509e63961c074674400a3429bd4525323a8308b41677280d6d3da1b4007c702a89335f72e8c547ac52362931b446d01ed9e0c57153bdd73ca0d513da81392ab48ce8348106a44558e94346ddabd203ab6802c75a02dcb1240913c0812043c469f46c7015f39608a4bfd188b6432f3bc7818a99365b386b92b8ae7b2e4137db7cb3c62be6abac399b9e3df3a429ed83b7a118570857a232a6504c1530118aecde07809ca43249216d5285aa5699d189a854898fd5740092c7c668573d89463a5a9ee4910d7c40ebc879ec3e68dba20f381315b8b3051ba83ea19ab82c2a6b2749064138544c6795b2daa4a31abd55046a1407d503ba9e6707ac31ce562c298420b4e01dab48ca46a2bd05839408ac0d4c04b4ae019402f6490582274289cad8a7f4003f4d3bd6cfbca35c8c1d256a44eae86f81264f1df0260d1a832b5b63a8da8882a2613457a419f9d7da1286824ecc065ed0dad252ae0de32a5a423a5809e4e50ab6ae7b4d4885f2220be979c7510ae51afea106acd3868acc00fb28ae5869e0e0aed809688aa258b02edf03ae339446f09c90a5f6d1c5cc049993456131aa81fe1dcc420290c35a20b825de27ee692a264645b3e6a6748f6b88a834ba8e7e0112b7a0bcb11e58e151dfa4331d530081168a623528510264d52d73402eb8012c5419b5cda2e04d4d96e154044a15d582ada387ad49caabccadb1c0114c18f0bb1d472a0476dfb21a8506e0a94d759d09ea1d50220a0a8e02e506df70a5556d4e36ce5d67c6991252442909fc880c74cbaaa2d6d551649114f47e6686a5ee62645a6583b9a820601d4f4b21269b1a630350da08562a02b84198446a73373650075070a6b9a2502d18a0724c633ab5d4a0bd48b3a2d5dc0cd0cb488f2583b2bcce8280ca982e0a70e29825d62bb48290598604da039b475f29b402e101089f05f60f26c08115f05a07fb1b2c9ca0db8ad6ad43b868101abadf018c324a347500af261999ad015b55c2329b50edf828e8cae070282a0232a7792763f4382e491990c4263071c94e5350be95a305bda6161b439e03aa52f5a214c86f549c0420377068134400ce457019552600d5d82030578426878ea846a8c8222301a8d14df285bb266855985c3b2032ba910ea942a812bae27dd418e041129e7a232b34424a4b2538126f79f1a5f588dcd9682a048001eab5cab112206707d3340149448a1be5094a4d04d040431489433ada6263f1be113089c3216104557089ee4273e2d08ca281ff08726b0c0e3e99ca5d863c00c342216ae1c0cbb2225932633156304a41844482dab4514a47f0ab1f8a02e20fe22c20cb3c37261af291b2c4c95b2089e6cd785301b901f2d57242640249f52635d300f14830250a3d1a9f158e1327815634d0b690397829019693c176a08413810469cafae607f2f9800a45b134cd3a48a7581c8500fc0360d9e8e51c84035f870239e9307d2fb83e42018031c09d382b8711512b1c524605a42ad960546354e2548b506006966996c2b058621ef08bc1456b9e607151824622c8b0376819e5d13f52a39b80cb20121456351260850e8c9ab6c0938d3d57c83ff0b3031b566092ac5d82c16baa9a8a4613c91d7506ce47dd2035b5ca58aa09041d15a1523a6042380af98766e8769c35243bb606d14451a700769914c09343d480ae627419c22fe5c851b50aaa416a8074827770a23a22386466d032e85c1374baa9414a6825e0a9cca2124562c8a519e81a6e346a21359f90799046d4114b74a56a648343d980f45151111067326b9067d05e10bf14f59a206c70c410f9d1e69604f33969e335846debd5c621e7ad14a3ef05f8c342f7286c06ee0127d41ab116e0e30d740bc4302f502fe3c8346551231d02e7ee226a01e70c8b041a46c543d202d4496b2a269baac53aa5d71dee02b2a6c78426ec29a8247d5b13318c03dc80110e8606b2acb15635aaca573076046dd7e14ea0290a9a0022d66883d3539152742a485777d8a22213c73669ab021d09466d3c685e2db5820655bc09701fa39b311d9805320c0cee51b05ee09a8ebd7ad69dc1c2e12d202f1cbc19201118402110c0bc158d0ae902ed0af70527818d1811509090ecd57ad8168a7612b02401ea70ec4bc21bb2045442f5949eb46650891e306b9b62b08cde6801ed59219f6092548bf075a22914a62811170328d1a9a03c501616c62a48ab6935844bc06ea5f38030a6a0ddb27481c0e1c0b2b10a16ac9a988afda1d80d7c43c5c7405b402d5447e03c0ba00a581d92b094c6380f22a383c0591af0eda28501241012a2816760d862b3d024894229c09540f13b30c4683f30af290e2683652f28081e8c1aa04dc1c9814044c636c40ea421e8d9b206689454698840567a970c30418a0db0a8dcd6cad117c0410d1c417d2b636c4ce3b8226b79981ec862017dc93bcc8b00a44a0eb887d682c28635a48233ede1d65c197611e20f62b943efa3360d728ce242a770231315109f05b2ca402600ea18a009204fa01d71d2f0daaed3217c5ac9b0589db250a16eb4432f1b404a8e492b8070857eb601d089d6817d085805b208fd6250c5c88d852385fc482c57e41d8aacd4b17f08b606922fca00122291438090ae34726f2127219f2cb814e203422b508baec55c940d6f047b57ada53e414b83be58d366f473809cc4cf7114054c6242b0b6aac048e6112802048312820958396e2860c644c5f1da9ead210664181a96e80a2c0aac5ed61518d529f21f8d860755a04c30908591b2510b69a04d85828694e06b5fd075005ec07d86790630a01e2b17380762056a062ea61ade29808e81bcb0687c561569182c2be54482923ce41df2ca50de50001415c20a26828bc3795906a90bf50bfd67358b6309e8900e55609075142681ba85ad85c6548a336380125844c6b5398a6e352087e49212d18e617e9c79f7020c5af00460a1c84312dec38208ea6ad61107044f82da81214165484869873441b292923395024eade08431441baa02f6002e1c898970fe802d03c70aec1a2e9c131629a4a7057543ed058f7d39e89346d4b883a284b1ba550c06cf243c417ba1030cc8c106744fb69ea9a189b306cac0918a712f8192813a0eee3e78f85b9309a08e0c02884554600a2fc38ce8a1896bef3634dea512290901124ed00c12686081b60e280781d61c8686267529d5004f12a21c4560b2e0d04890ef044655c040ab5a81f51e47000905bacc43cf32677437784163411d07073f9d0a2a1172aba19833481af4c86d7258a602b0489c95440394e09200b9c2bfa332099e90a650ca3815e43c1892406b32728fb9d07f0a07a2205b2a3080f45ab03c81ea066e6514bb52be134c520469cc48169d0604d002720b8e75d8dc0e0a4850dd1e8d6122a8cf7b0788075e2135a120e7b673eabba35e21b53c1aa8010e33ca09b81d100ecca01a44c360b0e1510c642b917adc783270daaca95cb5a69901f95606b80b0ec781e24e782582f383732dc1290c0d850a8589cb19452ed057c04b6cbc9700e687e1c6c2232403c4254898e77127ac117cde62931aed80721d985c1b20c371e0420bd80c680fc4ef952ca819cd7ccc150d2f85f670145250c984b5500684fb28e1d8e12e4b070fc2ca81b884ce09909a03360f5e37c89a4a5a508b03954e91001a73c64aa8775417833a1d0d9420f8257c407416a4d51287372368499f204f3a1811aa5349a866cae1381a142e21b00fa2150a13d987ef82ac440991ea61cb2ab8c2709f0074d98d5fa0e0e3a08f02af2d12809c761debb84f5592a6a0ce44d1b7cd455575451f158834ca70f9b81301f9000d007060c38835c3010c81417d9ac4873917a0380164f79c50530b6c19cf110239d7eca4708013e49204a12866cb108e385cf0a84ca0d448b80af03c00d7304c0ad6cb4aeac0e00471e97c8f1a361756b7513ac4976fdabbe2052880c34e293425564200c8a8cf2802d43f4719546812d899549503bed5c0ada630ec00892461a1619b60c9a40339570fdf6d06e2204d099dca1b3aaa0e770701e05a2c66dc7c445f59605a843dc17fdc5043dcfa4ae0c3e13a3260109ed48bded1d90ada9b370fb36672a7c6398b19fdb8750161cea8d7f07a20866261297dc30554373e6ec93423adf0e3f64fee1dc204540f290a4651c024837ecd902b680cefe02961544337220eb7c8d0da59521d6d275ef6dc6da606840d734e9d16681cf4179c26858322d148e8b024a1c5c1f16895c42376cf03a90ae3746c0db585168d1d4ed8c3e1682d3b7c26ad15c08b0a713085010ea77578dd00d30c9d0ee904b0ecbcc454ecb89a5928cb046dd93164f2c6471e0b85a0b724654c4b1c0f38b671e412041819b40afc3019662c458dde249643d4eb6c1aca9ce6710b1d8e53e71c8014a6245f63877be49a73b874ac090a0c3dd806dfe721150513432d734ea36ed10d9c816c05e140ffb29421714dca20ca56300cfac54114a1fdc71d3f035fd902fc63ef090b81ffe9092002758e6d7bd8c90a5b222192d8f8ca01a48efdea366e9d597c4ea4ce60ea03ccbe53b467de9285ed45533347b2f0282ad51a2ca5ac04d983de81d443621cf4151433960e9d02a68995ab61aa30158008c4caa923dd7b6b3c4bd5258cec815e0a280f476334140e30cbc30cc3e42b40388371901dece2d2b88ddd8760551c9302348406b2e500fb9c61130494072f684c38cd8e1d160e9f478c4e757c2bc0a954abbb48a158401bea03640a07391429475ab0cfd022b104ceaf63d65a90d4004683a991d4fa02a24cd191da40ae09c88fde141638857ec2d94246310b1dc8c71d255d51105c119128dc14a68072730640eaa51ddf9f10d87132ee14a1942d9c286ab9190b83078660d84413e3cb098e7651181ebd0d1c417303340504766f90536073e850703e945d6283ef494a05782884f4c3af3551eba031ab494da480505297c9c262d736545992d0d24c739c73872fc54c1a9bca362ad435234564f81a14beae580952ab607d88856d40ff40134198044bb1629ba4831c0956ba346e9848d0309e04bd074686ab85af85a6f7c2d34c510db102f049911c8e02b1a442877a812b87f8857929d9d28ab2cca8022c1ffe096a0bc20b590da96b20a98af00542ea0aebe382353809498d01b1c160b994a1f8b05e080762a100511e69e8fb60e00ac0010d80a68039508e11fa2ae0a0817e2be1daa05c785448afc0f140230356d4b88966e0c1c6376e40640f055d41e7118a9fab02e43486c29154929b085100e1e0b44d57a5503594053c70a43074f0929028ba198fc2ca32426ac184c1b18e9b94920bb8875c70fe0e3ecc79e738a970650abe1d886451dc0e7a12729d58c8af80e368b08760bea26d80621a37f4258d1d0c0aeacd039c210f21d9227ab07b857c11406b69c294004c2ebec5aa1390b276d53a343e2d01321e74a415c00b758791a0a2ecf8b203285a2dba1a0a2238ac3722b7382fd03cc466d2e3162a1c371467f709d80a7c08150980e72382221736c10ec9de128bcc415d40fd98911ed46af1001d5daab60da7565881a3010629144086e7171e92c3c376280ff4d2091c4080b0d84cb2ce195046cb2ac2d80b2324b49832d667621a442b941a482ba00b3519f0d6861896eed95bbe5afef18f7ee72b37be5a7ef4d6af964f3c79e6adafecfbe3afdeb5feffb578ed717c8a9f99e297a6f8ad29b63bd6f1c353fca529fecb14f59deb786a8a17a6f83b53fcd7298a69de7353fcd3297e678a4fbd6e1d7f638aff38454ea6754ef1e7a6f8b7539cd17578ef142f4cf18b53fcfa14155bc70f4ef1f214ff728a864feb98e217a6f8cd295ab18e8f4df1a529fed914bf31c520d7f1fd53bc34c53f9fa253ebf8ec143f33c5bf9a62d6ebf881295e98e21f4ff1dfa778af59c7c5147f7f8aff35c527ec3a7e7a8abf3bc56f4fb1b975bc32c52f4d11a5b27afcd8147f7d8a7f37c5b784757c718a5f9d228fd3e7a6f82b53fce6141f4debf8b353fca329fec7144fe475bc3ac5bf99e27f4ff17d651d2f4ef10b53fce729baba8e3f35c53f98e237a7f8485bc797a7f82753fccf293eded7f117a7f817530c77afe3ee14bf32c5ef4ef1bdaf9fc69de23f4dd1bf611d9f9ee267a7f8e5299237aee35353bc3ac5df9be2d7a6f8dd293e3bfdddc72fdff67720b782c5fc7f3ef6c11b60f1f4ad6071f2c933a7663fcc63e0c7359cb816a7729f3d38c59f99e273533c37c58fcfbedf3afffafeab7b37d6f98e5bd779eac933fa07ceffe6297e688a1f9de24f4ef1f2140fbeeffce3f1ffce7ffafbcd7ffbe3d6f1eefefb2f3f7e6d3c3ffbc82de33d70e513979e3cf3d8f78cf0ca1f63fe38e1d4b5f8f29d2f1ddb1cd8b6dcffc47cef7031db5eee63d207ce1d2d772f1dca7307f3f347bb9776ce2df1e6fec1b9171e92c78e6d8ecf1ee2baade7e7d73e20cf5c5dce7f62fd9adc1ca07e7c31db1ca0bc7de568317be6eb6f5a7ef8ec089f5bcccede811f9fdfdedebf7469bebddcdddf3b941f3ad8991fcc773eb8bbbd94f77e64f991d514fb172e1cce97af624d4fefef3d7fcb9a4edcbca6b357c792ce5e7d852b1a007e796b6ff7c2fc70b998bdb4981ddb1cdcf289ddbd9dc51dab141e1e9dc77a1777ae7fd93f3ad89e2feeda1c807ce5607f39dfdd3b7ce0ca72f1bad52bebb7cf1dee7e6abe20cfbced81cd78e3c50bbb7bcfcf0fae1cecee2d177473036f9c3a757e7e62be7362fbd1edf3274fbee7e1471fbe70f2c4898776b64fed6c9f3ebff3d082adb6b7b7e0cff877ae9675389fef2cc4d977adf2f2c2fce0109b5ac8b3776e0efed83bba7c6e5a9f3afbc94d33bdb4b37be1c21cb33ebfd06767ab510e8e2ecd17e6a5855def756febf27ce156433ef3cce17c71f8d0c26f0e027d71ff60e77011363f76e39d8d13a7ee7f78fed023a7eedb39bcffc47de71f7a6c636bb97169be75b8dc38797ce39e8ddd9df9de72777975631fcbbbf1de23e3bdfd0b1bfb7bf3119617e71bcb17f717f1a2dc1cdd73fba88bb4399aecf2eedeb96b032ef2538f7fede4ea71fdbded31c9288df2d4e3dffacdf1f8add5315cdefae4b9f9b917b62e1dcd17f5a9c73ffba96f3cf5c5fce9cd4146a3e7ce6f1dce516e87bb3b47f3c34543f9ae0f0f85b7bbdc7d614cd69f5bdc7deca927a6ce7eea890950e647abb9475a2fcd2f2ccfed1f2d17af475647b6f6500c878b373cb778e3e680bfc3ab7bd8e572777bf1a6cf6fba1b6570bdd8defcd2e22d3715dbc6aabeb6f70fae1c1d2edeba2efcd5270e176f7b6ef1f69716efb8e9b4eed9b437d7df05a4786bf123eb1219b5f7ce673efe8e75692f772fcfcf01018efd027ffa65b77dfa57bfdd579bbdb91aef5d55e3f10b271f3ef5d07bb61e7d64fbf8a3c7cf9f989f7c64e7e4c3c71f39353fbd7d61fbe1adc5bb8eb656638edd1fccb77616f79dfdf46a9d3b07fb57aea030dffdd2e2fe63ab5ccc2f5f41121f40665ebfeaf88dc3f938a94b1bdb17b7b0e08d638f6dec1f6c3c78efe2415c327ae4c5dde5c58dad0db4fa950d5c80435f1cc75babbc5ddc3f58a2969617b7f650638b1378ddae47dd3bdabe34df5fe2eac3c5437879b0e7d11e3a7ce3d1d3f760b0adbd9dad839d8deb477d12d78cb3d939ba7269777b6b395f9c3a7bd7d16a0f5b9796031816a75f5abce7b6f37bf8f34747ab064341eda27e46cfbd76e075f216f0a22bf0a2af10bcf4aa62f62eec1e5c7ead9775ea552c6b14c9f5f678ed9674fa9625cd564b9abdb2251d3d702b237feefdff76f735460eb3c7af33f279d0ddfef8ec9367def90ae977c5bf938db81e2fed2e9797e6b7cef90fbffdfcc7aecde966cf5c9f7382f127cf9c7ea5337eeffc938dba1e4fca67cfde71e7fd77ddfa37c843158ea79d3d71fdd32faf9cda6bfb17c9b7cf3d4cea7096e36967f7dc34f74fbf79f6c358d6db2718c27648bff1b4b3476e9ae0e7df367b8d64eeed730e917a63ce1b12f0e53b8ebf7df60324ebed63ddfcb875ac3fbc7dacef919fb78f35c4e69081e3e9671fb8692c28d9d7587ade3ef768abd102e31966f7dd34f7afdd377b554d76fb4ca39946b18fa79b3d7ad34cf4ddb3d7acb59e3d4b561dcdf1ef4751bc9f79f7f8edff00928bf9fe');
INSERT INTO public.studies VALUES (1, 'half');
INSERT INTO public.study_directions VALUES (1, 'MINIMIZE', 1, 0);
INSERT INTO public.study_user_attributes VALUES (1, 1, 'optsweep:versions', '{"optuna": "5.0.0", "optsweep": "0.1.0", "torch": "2.13.0+cpu"}');
INSERT INTO public.study_user_attributes VALUES (3, 1, 'optsweep:command', '["optsweep", "sweep", "study.toml", "--data", "data/proteins.pt", "--name", "half", "--type", "tpe", "--cpu-workers", "1"]');
INSERT INTO public.study_user_attributes VALUES (4, 1, 'optsweep:created', '1795688551.5392368');
INSERT INTO public.study_user_attributes VALUES (5, 1, 'optsweep:definition', '{"name": "study", "study": {"type": "tpe", "trials": 3, "seed": 84, "message": ""}, "budget": {"num_evaluations": 10, "sequences": 320, "full_sequences": 3200, "scale": 1.0}, "pruner": {"kind": "percentile", "percentile": 90.0, "startup": 2, "warmup_fraction": 0.3, "minimum": 2}, "sampler": {"startup": 5}, "settings": {"max_protein_len": 64, "precision": "fp32", "compile": false, "threads": 1, "num_training": null, "num_validation": null, "noise_seed": 0}, "notify": {"command": ""}, "trackers": {"tensorboard": false, "wandb": false, "mlflow": false}, "space": {"lr": {"low": 1e-05, "high": 0.03, "log": true}, "weight_decay": {"low": 0.005, "high": 0.2, "log": true}, "dropout": {"low": 0.0, "high": 0.3, "log": false}, "hidden_size": {"choices": [16]}, "head_dim": {"choices": [8]}, "n_blocks": {"choices": [1]}, "cond_dim": {"choices": [8]}, "effective_batch": {"choices": [4, 8]}, "ema_fraction": {"choices": [0.01, 0.03, 0.1]}, "beta2": {"choices": [0.95, 0.99, 0.999]}, "grad_clip": {"choices": [0.5, 1.0, 2.0]}, "warmup_fraction": {"low": 0.02, "high": 0.2, "log": false}, "schedule": {"choices": ["loglinear", "cosine"]}, "curriculum": {"choices": [false, true]}, "preschool_fraction": {"low": 0.05, "high": 0.3, "log": false}}, "presets": [{"name": "short", "lr": 0.001, "weight_decay": 0.01, "dropout": 0.05, "hidden_size": 16, "n_blocks": 1, "cond_dim": 8, "effective_batch": 8, "ema_fraction": 0.03, "beta2": 0.99, "grad_clip": 1.0, "schedule": "loglinear", "n_heads": 2, "micro_batch": 8, "sweep": {"iterations": 40, "warmup": 4, "preschool": 0}, "full": {"iterations": 400, "warmup": 40, "preschool": 0}}, {"name": "long", "lr": 0.02, "weight_decay": 0.01, "dropout": 0.1, "hidden_size": 16, "n_blocks": 1, "cond_dim": 8, "effective_batch": 8, "ema_fraction": 0.03, "beta2": 0.99, "grad_clip": 1.0, "schedule": "cosine", "n_heads": 2, "micro_batch": 4, "sweep": {"iterations": 50, "warmup": 5, "preschool": 10}, "full": {"iterations": 500, "warmup": 50, "preschool": 100}}], "rounding": "width"}');
INSERT INTO public.study_user_attributes VALUES (2, 1, 'optsweep:data', '{"corpus": "@FOLDER@/data/proteins.pt", "fingerprint": "44be1ed1c9cb336797f3112dc4dc5bd2", "content": "18d657b51ee8ad82ed7d174aec16a85a", "demo": false, "subset": "@FOLDER@/data/proteins_sweep.pt", "num_sequences": 120, "source_sequences": 120, "synthetic": false, "manifest": {"kind": "subset", "source": "proteins.pt", "source_size": 11810, "source_fingerprint": "44be1ed1c9cb336797f3112dc4dc5bd2", "n": 10000, "seed": 42, "version": 2, "num_source": 120, "num_differing": 0, "rule": {"name": "MMseqs2", "words": "MMseqs2 14-7e284+ds-1+b2: at least 30 % identity over at least 80 % of one of the two", "version": "14-7e284+ds-1+b2", "min_identity": 0.3, "min_coverage": 0.8, "max_e_value": 0.01, "database_residues": 7643, "sensitivity": [4.0, 7.5]}, "num_left_out": 0, "notes": [], "synthetic": false, "source_manifest": {"kind": "corpus", "sources": [{"name": "proteins.fasta", "size": 9312, "mtime_ns": 1795688534918529100, "fingerprint": "0f37426a98c090b1e38d37084e5cfc7a"}], "num_read": 123, "dropped": {"empty": 0, "of several chains (: or /)": 0, "with a stop inside": 0, "shorter than 30": 0, "of nucleotides": 0, "under 95% standard residues": 0, "duplicate": 3}, "altered": {}, "synthetic": false}}, "weights": {"validation": [40, 62, 55, 62, 55, 54], "confirmation": [57, 62, 42, 52, 56, 48]}, "reference": {"unigram_entropy": 2.9777275645056265, "composition_entropy": 2.814165576387354}}');
INSERT INTO public.study_user_attributes VALUES (8, 1, 'optsweep:deadline', 'null');
INSERT INTO public.study_user_attributes VALUES (9, 1, 'optsweep:max_gpu_hours', 'null');
INSERT INTO public.study_user_attributes VALUES (10, 1, 'optsweep:last_end', '{"reason": "asked to leave by SIGINT"}');
INSERT INTO public.study_user_attributes VALUES (7, 1, 'optsweep:target', '6');
INSERT INTO public.study_user_attributes VALUES (6, 1, 'optsweep:stop', '{"reason": "stopped by the user", "drain": false}');
INSERT INTO public.trial_intermediate_values VALUES (1, 2, 1, 3.120921815774438, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (2, 2, 2, 3.0945168898134443, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (3, 2, 3, 3.0089609961278563, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (4, 2, 4, 2.9631254171740213, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (5, 2, 5, 3.0044970396174926, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (6, 2, 6, 3.0132649957271087, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (7, 2, 7, 3.0150753151172456, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (8, 2, 8, 3.009865970439463, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (9, 2, 9, 2.9873490815521078, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (10, 2, 10, 2.9798007476748083, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (11, 2, 11, 2.9809315974557986, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (12, 2, 12, 2.9816185789366068, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (13, 1, 1, 3.1650450563862824, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (14, 1, 2, 3.092631885557755, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (15, 1, 3, 3.056545620127012, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (16, 1, 4, 3.0415999494692034, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (17, 1, 5, 3.0294163863661696, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (18, 1, 6, 3.0235278627434283, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (19, 1, 7, 3.0213486366560023, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (20, 1, 8, 3.0198371638852026, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (21, 1, 9, 3.0190690733004097, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (22, 1, 10, 3.0187920815700098, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (23, 3, 1, 3.2571289020968877, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (24, 3, 2, 3.241961408529817, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (25, 3, 3, 3.223897406320119, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (26, 3, 4, 3.207908314859134, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (27, 4, 1, 3.0633191226650003, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (28, 4, 2, 3.0295222913565087, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (29, 4, 3, 3.0174265902606123, 'FINITE');
INSERT INTO public.trial_params VALUES (1, 2, 'lr', 0.02, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.03, "log": true}}');
INSERT INTO public.trial_params VALUES (2, 2, 'weight_decay', 0.01, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.005, "high": 0.2, "log": true}}');
INSERT INTO public.trial_params VALUES (3, 2, 'dropout', 0.1, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.3, "log": false}}');
INSERT INTO public.trial_params VALUES (4, 2, 'hidden_size', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [16]}}');
INSERT INTO public.trial_params VALUES (5, 2, 'head_dim', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO public.trial_params VALUES (6, 2, 'n_blocks', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [1]}}');
INSERT INTO public.trial_params VALUES (7, 2, 'cond_dim', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO public.trial_params VALUES (8, 2, 'effective_batch', 1, '{"name": "CategoricalDistribution", "attributes": {"choices": [4, 8]}}');
INSERT INTO public.trial_params VALUES (9, 2, 'ema_fraction', 1, '{"name": "CategoricalDistribution", "attributes": {"choices": [0.01, 0.03, 0.1]}}');
INSERT INTO public.trial_params VALUES (10, 2, 'beta2', 1, '{"name": "CategoricalDistribution", "attributes": {"choices": [0.95, 0.99, 0.999]}}');
INSERT INTO public.trial_params VALUES (11, 2, 'grad_clip', 1, '{"name": "CategoricalDistribution", "attributes": {"choices": [0.5, 1.0, 2.0]}}');
INSERT INTO public.trial_params VALUES (12, 2, 'warmup_fraction', 0.1, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.02, "high": 0.2, "log": false}}');
INSERT INTO public.trial_params VALUES (13, 2, 'schedule', 1, '{"name": "CategoricalDistribution", "attributes": {"choices": ["loglinear", "cosine"]}}');
INSERT INTO public.trial_params VALUES (14, 2, 'curriculum', 1, '{"name": "CategoricalDistribution", "attributes": {"choices": [false, true]}}');
INSERT INTO public.trial_params VALUES (15, 2, 'preschool_fraction', 0.2, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.05, "high": 0.3, "log": false}}');
INSERT INTO public.trial_params VALUES (16, 1, 'lr', 0.001, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.03, "log": true}}');
INSERT INTO public.trial_params VALUES (17, 1, 'weight_decay', 0.01, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.005, "high": 0.2, "log": true}}');
INSERT INTO public.trial_params VALUES (18, 1, 'dropout', 0.05, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.3, "log": false}}');
INSERT INTO public.trial_params VALUES (19, 1, 'hidden_size', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [16]}}');
INSERT INTO public.trial_params VALUES (20, 1, 'head_dim', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO public.trial_params VALUES (21, 1, 'n_blocks', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [1]}}');
INSERT INTO public.trial_params VALUES (22, 1, 'cond_dim', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO public.trial_params VALUES (23, 1, 'effective_batch', 1, '{"name": "CategoricalDistribution", "attributes": {"choices": [4, 8]}}');
INSERT INTO public.trial_params VALUES (24, 1, 'ema_fraction', 1, '{"name": "CategoricalDistribution", "attributes": {"choices": [0.01, 0.03, 0.1]}}');
INSERT INTO public.trial_params VALUES (25, 1, 'beta2', 1, '{"name": "CategoricalDistribution", "attributes": {"choices": [0.95, 0.99, 0.999]}}');
INSERT INTO public.trial_params VALUES (26, 1, 'grad_clip', 1, '{"name": "CategoricalDistribution", "attributes": {"choices": [0.5, 1.0, 2.0]}}');
INSERT INTO public.trial_params VALUES (27, 1, 'warmup_fraction', 0.1, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.02, "high": 0.2, "log": false}}');
INSERT INTO public.trial_params VALUES (28, 1, 'schedule', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": ["loglinear", "cosine"]}}');
INSERT INTO public.trial_params VALUES (29, 1, 'curriculum', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [false, true]}}');
INSERT INTO public.trial_params VALUES (30, 3, 'lr', 0.000142, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.03, "log": true}}');
INSERT INTO public.trial_params VALUES (31, 3, 'weight_decay', 0.099, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.005, "high": 0.2, "log": true}}');
INSERT INTO public.trial_params VALUES (32, 3, 'dropout', 0.171, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.3, "log": false}}');
INSERT INTO public.trial_params VALUES (33, 3, 'hidden_size', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [16]}}');
INSERT INTO public.trial_params VALUES (34, 3, 'head_dim', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO public.trial_params VALUES (35, 3, 'n_blocks', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [1]}}');
INSERT INTO public.trial_params VALUES (36, 3, 'cond_dim', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO public.trial_params VALUES (37, 3, 'effective_batch', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [4, 8]}}');
INSERT INTO public.trial_params VALUES (38, 3, 'ema_fraction', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [0.01, 0.03, 0.1]}}');
INSERT INTO public.trial_params VALUES (39, 3, 'beta2', 2, '{"name": "CategoricalDistribution", "attributes": {"choices": [0.95, 0.99, 0.999]}}');
INSERT INTO public.trial_params VALUES (40, 3, 'grad_clip', 2, '{"name": "CategoricalDistribution", "attributes": {"choices": [0.5, 1.0, 2.0]}}');
INSERT INTO public.trial_params VALUES (41, 3, 'warmup_fraction', 0.199, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.02, "high": 0.2, "log": false}}');
INSERT INTO public.trial_params VALUES (42, 3, 'schedule', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": ["loglinear", "cosine"]}}');
INSERT INTO public.trial_params VALUES (43, 3, 'curriculum', 1, '{"name": "CategoricalDistribution", "attributes": {"choices": [false, true]}}');
INSERT INTO public.trial_params VALUES (44, 3, 'preschool_fraction', 0.113, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.05, "high": 0.3, "log": false}}');
INSERT INTO public.trial_params VALUES (45, 4, 'lr', 0.0119, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.03, "log": true}}');
INSERT INTO public.trial_params VALUES (46, 4, 'weight_decay', 0.0116, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.005, "high": 0.2, "log": true}}');
INSERT INTO public.trial_params VALUES (47, 4, 'dropout', 0.0744, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.3, "log": false}}');
INSERT INTO public.trial_params VALUES (48, 4, 'hidden_size', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [16]}}');
INSERT INTO public.trial_params VALUES (49, 4, 'head_dim', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO public.trial_params VALUES (50, 4, 'n_blocks', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [1]}}');
INSERT INTO public.trial_params VALUES (51, 4, 'cond_dim', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO public.trial_params VALUES (52, 4, 'effective_batch', 1, '{"name": "CategoricalDistribution", "attributes": {"choices": [4, 8]}}');
INSERT INTO public.trial_params VALUES (53, 4, 'ema_fraction', 2, '{"name": "CategoricalDistribution", "attributes": {"choices": [0.01, 0.03, 0.1]}}');
INSERT INTO public.trial_params VALUES (54, 4, 'beta2', 1, '{"name": "CategoricalDistribution", "attributes": {"choices": [0.95, 0.99, 0.999]}}');
INSERT INTO public.trial_params VALUES (55, 4, 'grad_clip', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [0.5, 1.0, 2.0]}}');
INSERT INTO public.trial_params VALUES (56, 4, 'warmup_fraction', 0.108, '{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.02, "high": 0.2, "log": false}}');
INSERT INTO public.trial_params VALUES (57, 4, 'schedule', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": ["loglinear", "cosine"]}}');
INSERT INTO public.trial_params VALUES (58, 4, 'curriculum', 0, '{"name": "CategoricalDistribution", "attributes": {"choices": [false, true]}}');
INSERT INTO public.trial_user_attributes VALUES (1, 1, 'optsweep:run', '"short"');
INSERT INTO public.trial_user_attributes VALUES (2, 1, 'optsweep:index', '0');
INSERT INTO public.trial_user_attributes VALUES (3, 1, 'optsweep:source', '"preset"');
INSERT INTO public.trial_user_attributes VALUES (4, 1, 'optsweep:preset', '"short"');
INSERT INTO public.trial_user_attributes VALUES (5, 1, 'optsweep:fixed', '{"lr": 0.001, "weight_decay": 0.01, "dropout": 0.05, "hidden_size": 16, "head_dim": 8, "n_blocks": 1, "cond_dim": 8, "effective_batch": 8, "ema_fraction": 0.03, "beta2": 0.99, "grad_clip": 1.0, "warmup_fraction": 0.1, "schedule": "loglinear", "curriculum": false}');
INSERT INTO public.trial_user_attributes VALUES (6, 2, 'optsweep:run', '"long"');
INSERT INTO public.trial_user_attributes VALUES (7, 2, 'optsweep:index', '1');
INSERT INTO public.trial_user_attributes VALUES (8, 2, 'optsweep:source', '"preset"');
INSERT INTO public.trial_user_attributes VALUES (9, 2, 'optsweep:preset', '"long"');
INSERT INTO public.trial_user_attributes VALUES (10, 2, 'optsweep:fixed', '{"lr": 0.02, "weight_decay": 0.01, "dropout": 0.1, "hidden_size": 16, "head_dim": 8, "n_blocks": 1, "cond_dim": 8, "effective_batch": 8, "ema_fraction": 0.03, "beta2": 0.99, "grad_clip": 1.0, "warmup_fraction": 0.1, "schedule": "cosine", "curriculum": true, "preschool_fraction": 0.2}');
INSERT INTO public.trial_user_attributes VALUES (11, 3, 'optsweep:run', '"tpe-001"');
INSERT INTO public.trial_user_attributes VALUES (12, 3, 'optsweep:index', '2');
INSERT INTO public.trial_user_attributes VALUES (13, 3, 'optsweep:source', '"tpe"');
INSERT INTO public.trial_user_attributes VALUES (14, 3, 'optsweep:preset', 'null');
INSERT INTO public.trial_user_attributes VALUES (15, 3, 'optsweep:fixed', '{}');
INSERT INTO public.trial_user_attributes VALUES (16, 4, 'optsweep:run', '"tpe-002"');
INSERT INTO public.trial_user_attributes VALUES (17, 4, 'optsweep:index', '3');
INSERT INTO public.trial_user_attributes VALUES (18, 4, 'optsweep:source', '"tpe"');
INSERT INTO public.trial_user_attributes VALUES (19, 4, 'optsweep:preset', 'null');
INSERT INTO public.trial_user_attributes VALUES (20, 4, 'optsweep:fixed', '{}');
INSERT INTO public.trial_user_attributes VALUES (21, 5, 'optsweep:run', '"tpe-003"');
INSERT INTO public.trial_user_attributes VALUES (22, 5, 'optsweep:index', '4');
INSERT INTO public.trial_user_attributes VALUES (23, 5, 'optsweep:source', '"tpe"');
INSERT INTO public.trial_user_attributes VALUES (24, 5, 'optsweep:preset', 'null');
INSERT INTO public.trial_user_attributes VALUES (25, 5, 'optsweep:fixed', '{}');
INSERT INTO public.trial_user_attributes VALUES (26, 2, 'optsweep:config', '{"model": {"hidden_size": 16, "n_heads": 2, "n_blocks": 1, "dropout": 0.1, "cond_dim": 8}, "training": {"n_iters": 50, "effective_batch": 8, "micro_batch": 4, "ema_fraction": 0.03, "seed": 1091901291, "precision": "fp32", "compile": false, "threads": 1}, "optim": {"lr": 0.02, "warmup": 5, "weight_decay": 0.01, "beta2": 0.99, "grad_clip": 1.0}, "noise": {"schedule": "cosine"}, "curriculum": {"enabled": true, "preschool_time": 10}, "data": {"max_protein_len": 64, "num_sequences": null}, "evaluation": {"every_sequences": 32, "num_evaluations": null, "num_sequences": null, "noise_seed": 0}, "provenance": {"study": "half", "run": "long", "source": "preset", "trial": 1, "subset": "@FOLDER@/data/proteins_sweep.pt", "optsweep": "0.1.0", "torch": "2.13.0+cpu", "full": {"n_iters": 500, "warmup": 50, "preschool_time": 100}}}');
INSERT INTO public.trial_user_attributes VALUES (27, 1, 'optsweep:config', '{"model": {"hidden_size": 16, "n_heads": 2, "n_blocks": 1, "dropout": 0.05, "cond_dim": 8}, "training": {"n_iters": 40, "effective_batch": 8, "micro_batch": 8, "ema_fraction": 0.03, "seed": 1094814236, "precision": "fp32", "compile": false, "threads": 1}, "optim": {"lr": 0.001, "warmup": 4, "weight_decay": 0.01, "beta2": 0.99, "grad_clip": 1.0}, "noise": {"schedule": "loglinear"}, "curriculum": {"enabled": false, "preschool_time": 0}, "data": {"max_protein_len": 64, "num_sequences": null}, "evaluation": {"every_sequences": 32, "num_evaluations": null, "num_sequences": null, "noise_seed": 0}, "provenance": {"study": "half", "run": "short", "source": "preset", "trial": 0, "subset": "@FOLDER@/data/proteins_sweep.pt", "optsweep": "0.1.0", "torch": "2.13.0+cpu", "full": {"n_iters": 400, "warmup": 40, "preschool_time": 0}}}');
INSERT INTO public.trial_user_attributes VALUES (28, 3, 'optsweep:random_start', 'true');
INSERT INTO public.trial_user_attributes VALUES (29, 3, 'optsweep:config', '{"model": {"hidden_size": 16, "n_heads": 2, "n_blocks": 1, "dropout": 0.171, "cond_dim": 8}, "training": {"n_iters": 80, "effective_batch": 4, "micro_batch": "auto", "ema_fraction": 0.01, "seed": 657124449, "precision": "fp32", "compile": false, "threads": 1}, "optim": {"lr": 0.000142, "warmup": 16, "weight_decay": 0.099, "beta2": 0.999, "grad_clip": 2.0}, "noise": {"schedule": "loglinear"}, "curriculum": {"enabled": true, "preschool_time": 9}, "data": {"max_protein_len": 64, "num_sequences": null}, "evaluation": {"every_sequences": 32, "num_evaluations": null, "num_sequences": null, "noise_seed": 0}, "provenance": {"study": "half", "run": "tpe-001", "source": "tpe", "trial": 2, "subset": "@FOLDER@/data/proteins_sweep.pt", "optsweep": "0.1.0", "torch": "2.13.0+cpu", "full": {"n_iters": 800, "warmup": 159, "preschool_time": 90}}}');
INSERT INTO public.trial_user_attributes VALUES (30, 4, 'optsweep:random_start', 'true');
INSERT INTO public.trial_user_attributes VALUES (31, 4, 'optsweep:config', '{"model": {"hidden_size": 16, "n_heads": 2, "n_blocks": 1, "dropout": 0.0744, "cond_dim": 8}, "training": {"n_iters": 40, "effective_batch": 8, "micro_batch": "auto", "ema_fraction": 0.1, "seed": 1791497171, "precision": "fp32", "compile": false, "threads": 1}, "optim": {"lr": 0.0119, "warmup": 4, "weight_decay": 0.0116, "beta2": 0.99, "grad_clip": 0.5}, "noise": {"schedule": "loglinear"}, "curriculum": {"enabled": false, "preschool_time": 0}, "data": {"max_protein_len": 64, "num_sequences": null}, "evaluation": {"every_sequences": 32, "num_evaluations": null, "num_sequences": null, "noise_seed": 0}, "provenance": {"study": "half", "run": "tpe-002", "source": "tpe", "trial": 3, "subset": "@FOLDER@/data/proteins_sweep.pt", "optsweep": "0.1.0", "torch": "2.13.0+cpu", "full": {"n_iters": 400, "warmup": 43, "preschool_time": 0}}}');
INSERT INTO public.trial_user_attributes VALUES (32, 6, 'optsweep:run', '"user-001"');
INSERT INTO public.trial_user_attributes VALUES (33, 6, 'optsweep:index', '5');
INSERT INTO public.trial_user_attributes VALUES (34, 6, 'optsweep:source', '"user"');
INSERT INTO public.trial_user_attributes VALUES (35, 6, 'optsweep:preset', 'null');
INSERT INTO public.trial_user_attributes VALUES (36, 6, 'optsweep:fixed', '{"lr": 0.005, "schedule": "cosine"}');
INSERT INTO public.trial_values VALUES (1, 2, 0, 2.9631254171740213, 'FINITE');
INSERT INTO public.trial_values VALUES (2, 1, 0, 3.0187920815700098, 'FINITE');
INSERT INTO public.trial_values VALUES (3, 3, 0, 3.207908314859134, 'FINITE');
INSERT INTO public.trials VALUES (5, 4, 1, 'WAITING', NULL, NULL);
INSERT INTO public.trials VALUES (2, 1, 1, 'COMPLETE', '2026-11-26 10:22:34.731638', '2026-11-26 10:22:35.642097');
INSERT INTO public.trials VALUES (1, 0, 1, 'COMPLETE', '2026-11-26 10:22:35.688493', '2026-11-26 10:22:36.253178');
INSERT INTO public.trials VALUES (3, 2, 1, 'PRUNED', '2026-11-26 10:22:36.283713', '2026-11-26 10:22:36.765191');
INSERT INTO public.trials VALUES (4, 3, 1, 'WAITING', '2026-11-26 10:22:36.801435', NULL);
INSERT INTO public.trials VALUES (6, 5, 1, 'WAITING', NULL, NULL);
INSERT INTO public.version_info VALUES (1, 12, '5.0.0');
SELECT pg_catalog.setval('public.optsweep_run_events_id_seq', 18, true);
SELECT pg_catalog.setval('public.studies_study_id_seq', 1, true);
SELECT pg_catalog.setval('public.study_directions_study_direction_id_seq', 1, true);
SELECT pg_catalog.setval('public.study_system_attributes_study_system_attribute_id_seq', 1, false);
SELECT pg_catalog.setval('public.study_user_attributes_study_user_attribute_id_seq', 10, true);
SELECT pg_catalog.setval('public.trial_heartbeats_trial_heartbeat_id_seq', 1, false);
SELECT pg_catalog.setval('public.trial_intermediate_values_trial_intermediate_value_id_seq', 29, true);
SELECT pg_catalog.setval('public.trial_params_param_id_seq', 58, true);
SELECT pg_catalog.setval('public.trial_system_attributes_trial_system_attribute_id_seq', 1, false);
SELECT pg_catalog.setval('public.trial_user_attributes_trial_user_attribute_id_seq', 36, true);
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
