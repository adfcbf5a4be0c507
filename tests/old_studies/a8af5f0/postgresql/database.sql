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
INSERT INTO public.optsweep_losses VALUES (2, 1, '\x617744402805284068b44040808745400f4c4240ca7b4040');
INSERT INTO public.optsweep_losses VALUES (1, 1, '\x43c547406c1d2a40015f45408fd54640a05a4540fae74740');
INSERT INTO public.optsweep_losses VALUES (3, 1, '\x89005e4082e72240177059407b894c403e176640c5e74c40');
INSERT INTO public.optsweep_runs VALUES (5, 1, 'tpe-003', 2000002, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.optsweep_runs VALUES (4, 1, 'tpe-002', 2000001, NULL, 'CPU worker 0', 'vm/3d1219c7c4c5/4026531836', '589dc045-53b9-4c85-8761-a1eab432a704', 14047, 157502, 1795646194.900687, NULL, 1, 0, 1, 12, 12, 0.3, 96, 0.27661411200006114, 3.077406406402588, 50566.04492327579, 3.017426641095508, 12, 3.017426641095508, NULL, 'asked to leave by SIGTERM', 1795646194.541279, 1795646194.900687);
INSERT INTO public.optsweep_runs VALUES (6, 1, 'user-001', 1000005, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 0, 0, 0, 0, 0, 0, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO public.optsweep_runs VALUES (1, 1, 'short', 1, NULL, 'CPU worker 0', 'vm/3d1219c7c4c5/4026531836', '589dc045-53b9-4c85-8761-a1eab432a704', 14047, 157502, 1795646193.830603, NULL, 1, 0, 0, 40, 0, 1, 320, 0.674761215999979, 3.078594446182251, 42318.34537796697, 3.0187920942624826, 40, 3.0187920942624826, 'complete', NULL, 1795646193.037477, 1795646193.830603);
INSERT INTO public.optsweep_runs VALUES (2, 1, 'long', 0, NULL, 'CPU worker 0', 'vm/3d1219c7c4c5/4026531836', '589dc045-53b9-4c85-8761-a1eab432a704', 14047, 157502, 1795646192.926762, NULL, 1, 0, 0, 50, 0, 1, 400, 0.9705240779999258, 3.185704469680786, 24073.281988364823, 2.9631254510520555, 16, 2.9819175084832503, 'complete', NULL, 1795646189.872582, 1795646192.926762);
INSERT INTO public.optsweep_runs VALUES (3, 1, 'tpe-001', 2000000, NULL, 'CPU worker 0', 'vm/3d1219c7c4c5/4026531836', '589dc045-53b9-4c85-8761-a1eab432a704', 14047, 157502, 1795646194.494119, NULL, 1, 0, 0, 32, 0, 0.4, 128, 0.38713827299989134, 3.6214585304260254, 40417.37677679956, 3.2079083101359074, 32, 3.2079083101359074, 'pruned', 'pruned at 40 %: 3.21 > 3.03, the limit of the best 90 % of 2 runs', 1795646193.942727, 1795646194.494119);
INSERT INTO public.optsweep_subsets VALUES ('18d657b51ee8ad82ed7d174aec16a85a', 0, '\x789cad9a5ba867597ed7ab7bb2eef7fb8a3a631323e9119ce9ee9a5b1b13b5193b0933924e9c60a1864e4dd5a9e9ca74579555a746db100c41c1b422bec587e09b8811bc06d417350a31283e8888e0a0e0088a84800f3e0421e067d7d933d355266648e6df9cfad539b5f75e6bfd2edfcb3efdc6673ef02dfdda573fefbed5bef0e50f5ebb767cc56b9fbb76f3e1adb7ee7ee9e2a3b76f5edefce84bafbff6c6b56ff6270fa97af4264e5f7ab5232b278a9875b7d45776b5ef15d652a5d93677da49db1d979fb185ea676fb22a3d7c8b6e945cb4117aa5e0865fb5343ff74aaa9b157d5e610491bacb5ca6659e4b2c3963b7b66bab79260f88c207ad66326508a19a6e3599ddf9d66757a4ddd34db75ab0628a9df5647fde99ca2dd54637a7306e777e30969b356ed3a45ea697e19d9d654f955df05b299597cc797b9bd454c2161146d73deb58f5087ba4919b334ef4e6bc97ae44dbfb9cd16ba3fd905d6667b6e0fa655419d28c606713a2fb385577a96ac553d3b2532de1d658a3551d3889953c3af11c674509597aa5ecf0a118915209b599184dc88bedc834759fae92d396e7e4a4d6e42e6b734937b147b16bab3e6a0b6bfb11b4537c5f82b2a6091d4429c3d864b3ad7dec147bf6560dd5d2ee5ba5ec924f2204e77b8dc51b61f31c69c711da76ba245ff37665d72db7d95634ddbdd5b28bd54375913a5999a53cce136a31665a397860d3b50d5b4c3ef66d761b6216177ad745efb05a21d3aab9a04c95c6ad2d8660f5d466a8968631a16f76eca38dca4821e21c56eb51baf033652bab2345aa071dc9980ece1e2b75cd0668aed4d292b66ca9a5341c9e9f48a7449d7d8666ad73b33992355d30d9b9beb3aa810db6742ce2b9368b519df5aeb1867392ce5e7bac35c8d5eeadf95542a4e555cd4b872665b2ca9624e52c7a0a3f9a9dd428d4b47a1b9b12f414c3ec59cca86d158af553ce298d1d8a7329a7adcb6ed98735eb5cc3c77e4c4e543e08cda3ecb689dcf6d8e26e526d0a14b76f43969d12a9533954656decb357a9428dbe440693e9596996b17aa10b1b8b4aba44256b940d6551a4c584c4988dee2d4775e4739be8e841995aae46e7198460c84ca5fe4938657b15b229ba55289260aa657d3fca289cb670103f4943d226246b39b3f2dbe791328d28731d711c9dd3192865295412b4e052828afb10652f758c9c7aeecc61acab28c653342a562609f7dd7553549dba44d7b6987ee826ddae3dc6d89b0e295320af84d4bd76ab2998f085147831f6aace74264318464b275ac3c72ca41c800f55695ae5d1cb1eb9b24bbbace5d19ee033d9d023e93073f6ba30ea8d7150491a6f2b93661840394cb4b974fade8d5dd46408925a0db853cd0a65c081624ba51abb07ae52390a43fa97ac8c1db39c920615bb5c7168b5ac48dbef3e8a5f71e51543762a4f3b7b0fbb6795c5723e971ccb086908edcc54cad14c139828c3ee9c0b2067a56dd6d8d8dc906e4d157c13ae4d91eb0c1b40ca1c4c6eb79b596233f2a21fd9e006efabd675e7e2e3aab9501357748a8303ccdce8266d87eb3e59d1218844c76c35a59acb26e999ad61e8510ab50b53af7b026b428a932d95528c377ab38be662153e47186454b0b6285318dd009402fb6282e04d48e13ae7b419f0f372b37f9593d4e6385193c1b4cd7c1b86bc6de0cd060643bb386b993e9841d328d9276926ffde47a168e8a662d183d1b6516a1f9476350ab16125c82b0d8eeef76ca4c265d38dcd7a534ae3d2e23f7a20261fa4e90ad8a7b9ea9445c35d750b684ad22cec2befc27541ca0acf193be63ea65885627b8b3496921ef4df308b2820478c20781439379d651ba15627bbd761eccc35c24c59d3665e40e2555c0e31831599fe165bf9da0a043a24cd1a685101b2fad535900b37c04253c9b8220d1f668b8aaa185a956ee1e8cc700ccd65d7750c111c61c1c2f7f128a9319c7e7577341ac03397dbbe0bfa1d2831838693a0dcc137da793757b24bebb455486194566925c31f5541b76a3a19d33c9aac8ac1ec771554dba956e55d0fac258d8075b21c43841e66ad0ba08c15561a06dc10ca92dabe432c32010a29ac341cddc203a66699b0659481f1122b9a35fb0aa057b0992d4359d97723a032e587034e928a2266c72818db6d69d01e6c5ef3946805a10b08df0de7870928d880d736ec1fd8b860da86f76b235c3c84c6f427c0a8d3a26d03bc5e74323b0b477526aad8e8766e85ae02c59174043267e5646bcd94cb4a0592c406138f9ebc84f2a33d46307b193918792e74a5dbc339c8efe8380b202f3874196180735352a7cb0c50cd01c15c53963d74c40cc655559528a0c60e2d0f9d9691d3b1b84f2032d3280fa922a4337ef2eff418f060856e7b892768444ac7149424473df258bb92bb58c3440004506f4dcd4e40ce0dd32c832412231ded09a5360134c8524dd348c738621d392f0193248ac413dce012bf8dd722318c66c17f82dc8640e15b983a75e4010c8b42f426c1cb76922cdbd94c344a4a885058a8cd07e77c855ff3a128107f88b34296755fca2cf2d1baa5f21124f17a851c26905b90af510b611b24b597f5ca03e255b0248d5e43ee8e7252094631a06d9139fca801cb2d701c9470134890e5625ef940be5ce8509a6579b5219d11298501fe015875cc722f26c1d765202713cbefc1f515050063c09dd42af1447a4523655c21552d96e0969296aa0ee36006d565b726a83a6a3fe097879bb5b26073d542231532dc0b2de332f3633dd3042e432434d60c16b06202ab97abe816ebee13f9073f27d8708249766e0b83cf36bd344b36d1377d06e7d337a4664e5bc70c4530511595b281099324f28f61d8f1a835929da3219a247d0ab0dbe6004f8da881ae6a4d1de1d77ad574ad4335580f4837bc43323309a39199c5dbe2fb6ce8f4308bb56825f0d476338513b5f4b102ba46074f2fb4951b998734aaaf6c318de9c98646d940fa745405e242570b7986f642fc4afab5216c283122bfc6be9a51b9371fb247d8ae3d633de47cb4e6987b037f44748fe330b8072ab4968811f0c901dd8218d603f57294cc4b553de930d43d557a813a6391a0613a1e490ba88bb55c6db1cdc83e6df61b7781acd9b53184bb15d76c5e57448c71c00d04933034c8b2a5d6f474559e307685b6e7e14ed014832140c4061fa89eab5232a990aedfd8a2619be698724dc344c2a84b17af6794d1c8e2460e05f7714c33cbc12cc830183cd3b0d970cde6ac59ed14d838de027991f06640221820110830ef6450912e6857dc174e82830453684824fb8c19db221927832529a8c3e35c166fa81aa844f78cddbc57a8c40cccc6e5149631076fd09e13f9844972abe2ebcc7234a619958b014a2615ca83b2d8989a90d6f2ee102e85d3da948130e5d06edda622703858363561c1e945989c8f660ff886c96dd016a8457714adbb0155607524e1184b695d4c6782e02c0f7ca71a3180022161163c8361ab2ba2499a4429e04a50fc098638c60fe60d23613254cf4642f0306a419bc2c9452022eb3ac40ed2107a8e6a018d563a8f0854636fab80093162c1a2ea38a7662ec0410f8ed0df2e8458db51aeaa563f4c0fb2d8a02ff5c6bc1820d56ae01ead85c2c61a4aa395cfb8b5340ebb88f8432c6ff43ebd19c831cdc5a4e8609b3488cf81ac0ac804a04e014d80bc403b5269bc76daf2103e6b742cd696aa4cd48d4fcc7200527a6dde01c213fd1c0bd0c9e8601f0abb208be8974017939b8823457e34d5277947918d799c1fc1b620f9e1029050853d0488d8ce93fb889c443e45b814f181d02a3232b5ac25d5e18db0773346991b5a1afa52cb87639e0b72923f8f520c98249412e3744589ae2b280282a18430014f1c370a582933296fdc3d061120c3b2d8621a5814ac5ef7138cda92fcd7e0f1a00eca848122462a566f6c409b1a8786b4f0751e4c1dc00bdc77cc33c0403f4e6da88388869ec1c5cca0b704e814e4c5a6b9d70d1b1496556a61a1a48cbc23af8af64601483a440d16c2c551afa890baa85ff45ff4aa1e5b604236aa2090751a53a06eb1b5684ce7b40a019460139d6b7b353b7a2047f4d19af049b13e35dfd9c0a0832f008b262fcde48c053132cdee2b05c293d03b18123ac322a5136942b28ad1bbb406a736a8308f5887aac01ee0c2494cc5f9035b01c70a761d2e5c0b5525d23342dda8bd923957429f2ce18e3728ce84e8d7e46178269305e3c50404c82116a6a7c7acdca189bb076570a4e6789720c5813a09775f32fe367401d4898300ea30134cd1e33023fed0c473ef5896ded699d68c81841b9ac1820611b44da01c026d251e8d264dadcd822729d51e4d10bad16824e4bbc0a81a0cb49b13accf940009055df643cfaa14fc0efcc0b3a14de1f0d36dd089c8ad453377481a7ad4b125b6e900164bad2c03304a6a0672c5bfd399822fa4294a99aa90f3124483d66cd599b5983f47411cb265820162cfc1f60cdd0d6e759addb9bc058b0c23960a56d5e481003920b792d4c6e66e28a0a1ba3383112ad4977302e2c12b525306398f5bcbbc93cc8ed4ea1a50031a33aa05dc0e848319d243340a838d4709c85661fdf1e229e0b4d5727d7a2fbb02f99e18e06d348e83e66efca4c2f925a5d5700a8786a2433171bdd3e486b9022f39f81e05e6c770b3f18a64405c42c2ba1f6fc296e0fec8213de340bb1e983c17909134b8b00a8781f620feececa067bccab54f06de1a9f7114d648ab4c8c2803a173b53876dce5d8f020560ee232be3720b5170e0faf07b2e69a373252509b9c28d0580ad1a2dee92e853a3d06a821f82d3ea0a60869ada6f1668291cc0d79b2614454a7b3a866a9711c0b852b04f6c1ac213191fbf05dc84a5a48cc8c2d9b7045d0b901743d1ddfa0e0eb411f03af6d1a402eb7aff3784f359a97506793cced4ad54d3f99a38148938acb8f3711c8073400e0a00e23b68206188a427d86a60f736ea03803b2672d6498035ba67b4520f7d9933509382197a2182759ad231c292e3c6a1b945a857605cf03b896c3a4b05f35da06831be232e55d3d3617abbba43cc4575e3ea7910d14a0b1538ea164270240a63fab29a87f4d1b4c340976a64d97c0b75974f412c30e48348b85c63661c96c829c67c67787037148536352f562a2e6e1ee100069d5118e978fcc5504d32af684bfa4430de998a7c087e33a3a308827cd666f26dba1bdf5ca98b5d0b70c294556ccc7ab0b84b992d9e3f5208611b194797181f44b1faf6456b0d1e4e3f54fdf1b6102d523456114072605e6b52357188c9cf09418d5b283a9875b548c76b7d2d7b845b6bbefd86580b031e73279c3e0305f384d89831235587458b36871389e5169ba727a5dc4743c6773347a8b11ad1b279c7138dedb8dcf947302bc7448c214161cceda78dd826946a7239d00cbad476d231e57ab88b26c68cbcd235b0eb9ea3a24823e8ad65956245d28db51720b01568556c10f8bc38cb5ea994d1135a2def7b06873d98f57e8384edf7b0129c26879d68d7bd45e6b5c3a7b42813183ebe0fb7e4845a3cca196b596d5af9a0e9c41b64238e85fd53a1237b40e51aec1639897842862fc8f377e015fb90afe71efc646f03fbb0122a8738e9db193135b621149eaf89503a4ce79fd3a5e9d45ee336d2b4c7dc1ec272777d7ab456c2f43ad92e826d3546e2d2ca59d82eca177907a2426a1af50cc6c1d9d02d3d4a9dd61aa580a208258b54c62e71c43566da6c69333e8e540791c4df0281c302b638631f90e08571807bb6197d48ed7d8fb10ac4eb328a0613cc8d60bf6b963130cca430f0613a7b939e1d0f83c117c9bc76f05b4b4eec95ba43222d0467f40a638c843916ad2c239cbaa220a9cdf66d539486a81d1303556c63c20ca5693980b726d203fb3692238c53c515b64948ae8407dbc51f29386d04e982671532c81724b0120cd361ebf3f11d87171bc29a295234e945e5e2162f06008c52196397e39a11917c7e3996d7084e106340d027b2fe4146c8e0e85f351764d1d7c2f5a1be0a131361f7e6d99390f1a8b5ecc260684d2b66d118b3dd7a1ca9a454b2bafa9f3c697b292e7503d56475f2b314cc7d7d0f87eb21352ebb03e22621b981f3411c2a444c98e63b3093952a24ded786162a161be04b30723e36af1b568fa6cb2ec926ea813c017c36a1c0571b4210ff5822b47fc625e468f72d2969d2e60fbf827d416c28bac96b63d48ea2abec0583fb13ea9c44025ac0c0162c360a5d6517cec17e120220a90f66887be2f015700072c00cd813928c78abe2a141af47b225c17ca4557477a0de54123032bee788916f060c76fdc40e48c829ed07945f16b3740ce10248e648abe4ca90684c36987edc690ee501678e02a31747849248a5f21d358dd56a416260cc77abca4b4dae01efaa0fe091f96724a5a4c5c99c3b7834891e64ee849e4ba88c8af423916f610e61b3e1614d3f142dfcaba6150a8b71fe08c3c44b25566706747be04d03a9609a380c923af3a7d0329e7766ba3f1e528c878e8c83bc08bbee349a8a878fcb203149d91a9464194c47e2bb9a55ed03c62b3f9e3152a8e1bc5b973035bc1873249009e4f18492e62c30ed9bd9aaa2aa12e503fe1480fbd3a32a0e3c7f47151b5a1068e060c723440c7f39b8ce4c8d80e97412fdfe00001c2729816530a50c6eaae62ec4d30162de642cc5d84856845a9415a8529f4e280b77588619bde78ea57cbdff7b95ff9f95ffcc0b56bc757bcf6ead3bf5a7ef9f5d73efe5bfb3df24b67fcc933fedc19ffe719d77357f107cef897cff89fcfe89fbf8a1f3be39d33fe8d33fe97339a0f5cc537cff88fcff82b67fc9e6fb98a7fed8cffe18c5a9cfb3ce39f3be3bf39e3357915bef38c77cef877cef8e5333a75153f7dc677cef82fce18f4b98f33fecc19bf72c668aee2ef3be38f9ff19f9cf1bf9eb1d8abf85d677cfb8cffec8cc95dc537cef89367fc8533767f15bffb8c77cef80fcff8dfcff8e17015ffd4197ff68cffeb8c7f305ec51f3be3df3ce32f9d71a5abf8e08c3f77c66bf92a7cef197ffa8cfff68cbfb35cc53f7dc65f3ca3aee77d67fcab67fcca195f6d57f147cff80fcef83fcef8f2d9f1ef9ef15f9ff17f9ff1f78fabf8d6197fe68cffe98c695ec53f7ec6bf7dc6af9cf153eb2afec419ffd1197ff98c7f605fc5bf74c67f7ec6f2ad57f1ee197ffe8cbf7ac6effc6de773cff81fcf987ffb55fcec19fffc19ffe919c5efb88adf73c677cff8b7cef8efcff8ab677ce38357f1af9cf1cb677c1a2c2efecf0f7dfa98e8e32b5efbecd360f1caebaf7defb56fd6e76cf76b1f3de39f3ce30f9ff1cd33fec8b55f6b9fffeaf7be7befebfbfcf6a7f779fdf5d75ef80dd7ffd019bfff8c9f3be31f3be33b677cf86baeff2fdff8bbebb320ccf195af7ddb53eb7fe4c117df7efdb50f5dfbff7f7ee2f91f7ff1c6812d97f7bf7871efd1adcbfb3ce2236f3ebebcfbf623fbe6c38bcf3fbefbf6ed372ff9a7fb0fdffcd22bf6c5176f1c48f388eb6e7ee1e2ea72fbdabb97177ff4ea27f6c601a82fdd38e0f0d683c7ef3dffe50f5efec07bcf5d7bf1c9df5e7cefb9e72e7fead6adfb6fbfcdbd77efdf7b64bfffe1ed8b8717b73f7df7d6a5fdf00f5efee093c7dfbf73e7d1c5e56f72379fbd7fef0b4fede6e5afede6b977cfcdf0976f642f0768be73f3dedd3b178f2ec9d381e55fbc7beff693843d7afc79f6f864fd2f5d3c7cc40378e0d5bfdc7ffcf0d6c58d03091f3cbc7f7971f7dea38f3cb87cf2fdd53fbdf9e8ee9fbd78eff9f7bee346fdfacfeedcbdf7858b870f1edebd7779e3e89b3b172fddfafc9d573f71ebf6ad4fbcfcf2abd7efbc72fde6c73f7ef1c99b775ebdb8fed2e75f7e72b47bef3d9fbfe3c9be1e5d5cdc7eefb9df73e3c0e77b8fdf79f3eaa9ef3df7676e1c2dfee8dd7b976f5d5cdebdf55337d2d797fcf58e76ebfec3078f1f5da5f6c9958f7ef8c5f39a7b37dfb9b811df7fb23b371f5ddebcdac29353fdc8b75fa5edf2ee3b176fde7bf49efed077fff2fafb3ffa4bfb49029e3de54b77ae7ff263af7ce2e6ab9fbaf5d2ab9ceae2faa76e5fffe44b9ffad8c5c76fddb9f5c99b8f2f9e3ced38d1c38b9b9cf0c79e6cebf6c3fb0f1e5cdc6653077f5ebcf3e0f25dea7a75b6b7ee3fbcbc78f8c2e55b37efbd70fda5e3c707563dbe476d5f78f5e3bffb05b67beff6cd87b75f7878f1e8eeedc7178f8e4b8e24dd7efce0edbbb76e5e92b50f3c7e266d8f1f3fc9ec976ebe7d97e1a2d8dfa4de7ce5ebbd29bfda9bf21bea4dffa450f7eedc7df8ce377343d77fb31b7afc91a7b1e92f7cd77ffbd6a3998eaf72ed0f7f0d9b3e0f58dc3fee7dfdb53ff41b80d337f079fbeee5e5db174faffceffefa177ee8906bc757baf647beb6f239a6afbff67dbff575bffab96edff8cc73cff76bbfdeff43f9ece7e9ffa3f2d97b9f16c9effffc890f3d73efcbcfdefb3467befff317bfed997b5f79f6dea779ecfd9f977ed733f75e7ff6dea739e8fd9fbff7ccbd07233d7bf7d35df2fecf675fbcf6fff6ccb3b73f5deaf77f7ee17db79f857fe333e2898a56fcf7b3f4fa6b1f3ebefbbf69aed14c');
INSERT INTO public.studies VALUES (1, 'half');
INSERT INTO public.study_directions VALUES (1, 'MINIMIZE', 1, 0);
INSERT INTO public.study_system_attributes VALUES (1, 1, 'study:metric_names', '["NELBO (nats per residue)"]');
INSERT INTO public.study_system_attributes VALUES (2, 1, 'dashboard:note_str:0', '"## Study half\n\nValues are NELBO in nats per residue, lower is better. The validation set''s unigram entropy is 2.9777.\n\nPresets:\n\n* [short](/dashboard/studies/1/trials?numbers=0)\n* [long](/dashboard/studies/1/trials?numbers=1)\n\nTo resume, look, report and promote:\n\n```\noptsweep sweep --name half\noptsweep status --name half --watch\noptsweep report --name half\noptsweep best --name half --toml\noptsweep promote --name half\n```\n\nData: `@FOLDER@/data/proteins.pt`, 120 sequences; trained on `@FOLDER@/data/proteins_sweep.pt`, 120 sequences. Its manifest:\n\n```json\n{\n  \"kind\": \"subset\",\n  \"version\": 1,\n  \"source\": \"proteins.pt\",\n  \"source_size\": 10122,\n  \"source_fingerprint\": \"fe0cbf96cdc61193f23a55e7af9e30b1\",\n  \"n\": 10000,\n  \"seed\": 42,\n  \"num_source\": 120,\n  \"synthetic\": false,\n  \"source_manifest\": {\n    \"kind\": \"corpus\",\n    \"sources\": [\n      {\n        \"name\": \"proteins.fasta\",\n        \"size\": 9312,\n        \"mtime_ns\": 1795646185280454174,\n        \"fingerprint\": \"0f37426a98c090b1e38d37084e5cfc7a\"\n      }\n    ],\n    \"num_read\": 123,\n    \"dropped\": {\n      \"empty\": 0,\n      \"shorter than 30\": 0,\n      \"under 95% standard residues\": 0,\n      \"duplicate\": 3\n    },\n    \"synthetic\": false\n  }\n}\n```"');
INSERT INTO public.study_system_attributes VALUES (3, 1, 'dashboard:note_ver', '1');
INSERT INTO public.study_system_attributes VALUES (4, 1, 'dashboard:2:note_str:0', '"## Run long (preset)\n\n| | |\n|---|---|\n| state | complete |\n| value | 2.9631 at step 16; the last one 2.9819 |\n| budget | 50 iterations of 8 = 400 sequences, 400 of them seen |\n| device | CPU worker 0 |\n| time | 1 s on the device, 1 attempt, ended 2026-11-25 22:36:32 UTC |\n| directory | studies/half/runs/long |\n\n![learning curve of long](/artifacts/1/2/0f8b2a84-4ce7-5cff-bb3d-707a54f54992)\n\n[curve.svg](/artifacts/1/2/0f8b2a84-4ce7-5cff-bb3d-707a54f54992) \u00b7 [config.toml](/artifacts/1/2/a03495f5-50ea-543a-ac1f-8508343dd501) \u00b7 [log_tail.txt](/artifacts/1/2/3c085b22-7450-5ad5-a139-abc635e256c4)"');
INSERT INTO public.study_system_attributes VALUES (5, 1, 'dashboard:2:note_ver', '1');
INSERT INTO public.study_system_attributes VALUES (6, 1, 'dashboard:1:note_str:0', '"## Run short (preset)\n\n| | |\n|---|---|\n| state | complete |\n| value | 3.0188 at step 40; the last one 3.0188 |\n| budget | 40 iterations of 8 = 320 sequences, 320 of them seen |\n| device | CPU worker 0 |\n| time | 1 s on the device, 1 attempt, ended 2026-11-25 22:36:33 UTC |\n| directory | studies/half/runs/short |\n\n![learning curve of short](/artifacts/1/1/920509ae-8761-5950-9827-60b6a616ff8c)\n\n[curve.svg](/artifacts/1/1/920509ae-8761-5950-9827-60b6a616ff8c) \u00b7 [config.toml](/artifacts/1/1/08075e3e-43b6-5d72-8a87-e5075a1b6ba9) \u00b7 [log_tail.txt](/artifacts/1/1/cb8c893a-4a95-5c93-a29e-64d77bf95017)"');
INSERT INTO public.study_system_attributes VALUES (7, 1, 'dashboard:1:note_ver', '1');
INSERT INTO public.study_system_attributes VALUES (8, 1, 'dashboard:3:note_str:0', '"## Run tpe-001 (random start)\n\n| | |\n|---|---|\n| state | pruned: pruned at 40 %: 3.21 &gt; 3.03, the limit of the best 90 % of 2 runs |\n| value | 3.2079 at step 32; the last one 3.2079 |\n| budget | 80 iterations of 4 = 320 sequences, 128 of them seen |\n| device | CPU worker 0 |\n| time | 0 s on the device, 1 attempt, ended 2026-11-25 22:36:34 UTC |\n| directory | studies/half/runs/tpe-001 |\n\n![learning curve of tpe-001](/artifacts/1/3/bbd1e2f7-a5dd-5d9f-ad85-042835d84e21)\n\n[curve.svg](/artifacts/1/3/bbd1e2f7-a5dd-5d9f-ad85-042835d84e21) \u00b7 [config.toml](/artifacts/1/3/57d3ccc3-1a72-534e-9f66-b069f98cd372) \u00b7 [log_tail.txt](/artifacts/1/3/4cc52c8d-a265-5b60-aa8b-659d94ea1379)"');
INSERT INTO public.study_system_attributes VALUES (9, 1, 'dashboard:3:note_ver', '1');
INSERT INTO public.study_user_attributes VALUES (1, 1, 'optsweep:versions', '{"optuna": "5.0.0", "optsweep": "0.1.0", "torch": "2.13.0+cpu"}');
INSERT INTO public.study_user_attributes VALUES (2, 1, 'optsweep:data', '{"demo": false, "corpus": "@FOLDER@/data/proteins.pt", "subset": "@FOLDER@/data/proteins_sweep.pt", "num_sequences": 120, "source_sequences": 120, "synthetic": false, "manifest": {"kind": "subset", "version": 1, "source": "proteins.pt", "source_size": 10122, "source_fingerprint": "fe0cbf96cdc61193f23a55e7af9e30b1", "n": 10000, "seed": 42, "num_source": 120, "synthetic": false, "source_manifest": {"kind": "corpus", "sources": [{"name": "proteins.fasta", "size": 9312, "mtime_ns": 1795646185280454174, "fingerprint": "0f37426a98c090b1e38d37084e5cfc7a"}], "num_read": 123, "dropped": {"empty": 0, "shorter than 30": 0, "under 95% standard residues": 0, "duplicate": 3}, "synthetic": false}}, "fingerprint": "fe0cbf96cdc61193f23a55e7af9e30b1", "content": "18d657b51ee8ad82ed7d174aec16a85a", "weights": {"validation": [40, 62, 55, 62, 55, 54], "confirmation": [57, 62, 42, 52, 56, 48]}, "reference": {"unigram_entropy": 2.9777275645056265, "composition_entropy": 2.814165576387354}}');
INSERT INTO public.study_user_attributes VALUES (3, 1, 'optsweep:command', '["optsweep", "sweep", "study.toml", "--data", "data/proteins.pt", "--name", "half", "--type", "tpe", "--cpu-workers", "1"]');
INSERT INTO public.study_user_attributes VALUES (4, 1, 'optsweep:created', '1795646188.1216218');
INSERT INTO public.study_user_attributes VALUES (5, 1, 'optsweep:definition', '{"name": "study", "study": {"type": "tpe", "trials": 3, "seed": 84, "message": ""}, "budget": {"num_evaluations": 10, "sequences": 320, "full_sequences": 3200, "scale": 1.0}, "pruner": {"kind": "percentile", "percentile": 90.0, "startup": 2, "warmup_fraction": 0.3, "minimum": 2}, "sampler": {"startup": 5}, "settings": {"max_protein_len": 64, "precision": "fp32", "compile": false, "threads": 1, "num_training": null, "num_validation": null, "noise_seed": 0}, "notify": {"command": ""}, "trackers": {"tensorboard": false, "wandb": false, "mlflow": false}, "space": {"lr": {"low": 1e-05, "high": 0.03, "log": true}, "weight_decay": {"low": 0.005, "high": 0.2, "log": true}, "dropout": {"low": 0.0, "high": 0.3, "log": false}, "hidden_size": {"choices": [16]}, "head_dim": {"choices": [8]}, "n_blocks": {"choices": [1]}, "cond_dim": {"choices": [8]}, "effective_batch": {"choices": [4, 8]}, "ema_fraction": {"choices": [0.01, 0.03, 0.1]}, "beta2": {"choices": [0.95, 0.99, 0.999]}, "grad_clip": {"choices": [0.5, 1.0, 2.0]}, "warmup_fraction": {"low": 0.02, "high": 0.2, "log": false}, "schedule": {"choices": ["loglinear", "cosine"]}, "curriculum": {"choices": [false, true]}, "preschool_fraction": {"low": 0.05, "high": 0.3, "log": false}}, "presets": [{"name": "short", "hidden_size": 16, "n_heads": 2, "n_blocks": 1, "dropout": 0.05, "cond_dim": 8, "effective_batch": 8, "micro_batch": 8, "lr": 0.001, "weight_decay": 0.01, "ema_fraction": 0.03, "beta2": 0.99, "grad_clip": 1.0, "schedule": "loglinear", "sweep": {"iterations": 40, "warmup": 4, "preschool": 0}, "full": {"iterations": 400, "warmup": 40, "preschool": 0}}, {"name": "long", "hidden_size": 16, "n_heads": 2, "n_blocks": 1, "dropout": 0.1, "cond_dim": 8, "effective_batch": 8, "micro_batch": 4, "lr": 0.02, "weight_decay": 0.01, "ema_fraction": 0.03, "beta2": 0.99, "grad_clip": 1.0, "schedule": "cosine", "sweep": {"iterations": 50, "warmup": 5, "preschool": 10}, "full": {"iterations": 500, "warmup": 50, "preschool": 100}}]}');
INSERT INTO public.study_user_attributes VALUES (8, 1, 'optsweep:deadline', 'null');
INSERT INTO public.study_user_attributes VALUES (9, 1, 'optsweep:max_gpu_hours', 'null');
INSERT INTO public.study_user_attributes VALUES (7, 1, 'optsweep:target', '6');
INSERT INTO public.study_user_attributes VALUES (6, 1, 'optsweep:stop', '{"reason": "stopped by the user", "drain": false}');
INSERT INTO public.trial_intermediate_values VALUES (1, 2, 1, 3.120921834978079, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (2, 2, 2, 3.0945169270227075, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (3, 2, 3, 3.00896098360692, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (4, 2, 4, 2.9631254510520555, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (5, 2, 5, 3.004497020655608, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (6, 2, 6, 3.013264987527823, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (7, 2, 7, 3.0150752814100024, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (8, 2, 8, 3.009865978783663, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (9, 2, 9, 2.987349101115135, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (10, 2, 10, 2.9798007298580296, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (11, 2, 11, 2.9809315988229126, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (12, 2, 12, 2.9816186151497757, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (13, 1, 1, 3.165045089396782, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (14, 1, 2, 3.092631837037251, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (15, 1, 3, 3.0565456682436216, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (16, 1, 4, 3.0415999174471797, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (17, 1, 5, 3.029416360326629, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (18, 1, 6, 3.023527869068197, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (19, 1, 7, 3.0213486349487972, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (20, 1, 8, 3.019837250621746, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (21, 1, 9, 3.019069087381651, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (22, 1, 10, 3.0187920942624826, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (23, 3, 1, 3.257128897662453, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (24, 3, 2, 3.2419614324173107, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (25, 3, 3, 3.2238974007557317, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (26, 3, 4, 3.2079083101359074, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (27, 4, 1, 3.0633191323344957, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (28, 4, 2, 3.029522314355227, 'FINITE');
INSERT INTO public.trial_intermediate_values VALUES (29, 4, 3, 3.017426641095508, 'FINITE');
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
INSERT INTO public.trial_system_attributes VALUES (1, 2, 'artifacts:0f8b2a84-4ce7-5cff-bb3d-707a54f54992', '"{\"artifact_id\": \"0f8b2a84-4ce7-5cff-bb3d-707a54f54992\", \"filename\": \"curve.svg\", \"mimetype\": \"image/svg+xml\", \"encoding\": null}"');
INSERT INTO public.trial_system_attributes VALUES (2, 2, 'artifacts:a03495f5-50ea-543a-ac1f-8508343dd501', '"{\"artifact_id\": \"a03495f5-50ea-543a-ac1f-8508343dd501\", \"filename\": \"config.toml\", \"mimetype\": \"text/plain\", \"encoding\": null}"');
INSERT INTO public.trial_system_attributes VALUES (3, 2, 'artifacts:3c085b22-7450-5ad5-a139-abc635e256c4', '"{\"artifact_id\": \"3c085b22-7450-5ad5-a139-abc635e256c4\", \"filename\": \"log_tail.txt\", \"mimetype\": \"text/plain\", \"encoding\": null}"');
INSERT INTO public.trial_system_attributes VALUES (4, 1, 'artifacts:920509ae-8761-5950-9827-60b6a616ff8c', '"{\"artifact_id\": \"920509ae-8761-5950-9827-60b6a616ff8c\", \"filename\": \"curve.svg\", \"mimetype\": \"image/svg+xml\", \"encoding\": null}"');
INSERT INTO public.trial_system_attributes VALUES (5, 1, 'artifacts:08075e3e-43b6-5d72-8a87-e5075a1b6ba9', '"{\"artifact_id\": \"08075e3e-43b6-5d72-8a87-e5075a1b6ba9\", \"filename\": \"config.toml\", \"mimetype\": \"text/plain\", \"encoding\": null}"');
INSERT INTO public.trial_system_attributes VALUES (6, 1, 'artifacts:cb8c893a-4a95-5c93-a29e-64d77bf95017', '"{\"artifact_id\": \"cb8c893a-4a95-5c93-a29e-64d77bf95017\", \"filename\": \"log_tail.txt\", \"mimetype\": \"text/plain\", \"encoding\": null}"');
INSERT INTO public.trial_system_attributes VALUES (7, 3, 'artifacts:bbd1e2f7-a5dd-5d9f-ad85-042835d84e21', '"{\"artifact_id\": \"bbd1e2f7-a5dd-5d9f-ad85-042835d84e21\", \"filename\": \"curve.svg\", \"mimetype\": \"image/svg+xml\", \"encoding\": null}"');
INSERT INTO public.trial_system_attributes VALUES (8, 3, 'artifacts:57d3ccc3-1a72-534e-9f66-b069f98cd372', '"{\"artifact_id\": \"57d3ccc3-1a72-534e-9f66-b069f98cd372\", \"filename\": \"config.toml\", \"mimetype\": \"text/plain\", \"encoding\": null}"');
INSERT INTO public.trial_system_attributes VALUES (9, 3, 'artifacts:4cc52c8d-a265-5b60-aa8b-659d94ea1379', '"{\"artifact_id\": \"4cc52c8d-a265-5b60-aa8b-659d94ea1379\", \"filename\": \"log_tail.txt\", \"mimetype\": \"text/plain\", \"encoding\": null}"');
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
INSERT INTO public.trial_values VALUES (1, 2, 0, 2.9631254510520555, 'FINITE');
INSERT INTO public.trial_values VALUES (2, 1, 0, 3.0187920942624826, 'FINITE');
INSERT INTO public.trial_values VALUES (3, 3, 0, 3.2079083101359074, 'FINITE');
INSERT INTO public.trials VALUES (5, 4, 1, 'WAITING', NULL, NULL);
INSERT INTO public.trials VALUES (2, 1, 1, 'COMPLETE', '2026-11-25 22:36:29.893559', '2026-11-25 22:36:32.938282');
INSERT INTO public.trials VALUES (1, 0, 1, 'COMPLETE', '2026-11-25 22:36:33.04262', '2026-11-25 22:36:33.840214');
INSERT INTO public.trials VALUES (3, 2, 1, 'PRUNED', '2026-11-25 22:36:33.955283', '2026-11-25 22:36:34.501083');
INSERT INTO public.trials VALUES (4, 3, 1, 'WAITING', '2026-11-25 22:36:34.546374', NULL);
INSERT INTO public.trials VALUES (6, 5, 1, 'WAITING', NULL, NULL);
INSERT INTO public.version_info VALUES (1, 12, '5.0.0');
SELECT pg_catalog.setval('public.studies_study_id_seq', 1, true);
SELECT pg_catalog.setval('public.study_directions_study_direction_id_seq', 1, true);
SELECT pg_catalog.setval('public.study_system_attributes_study_system_attribute_id_seq', 9, true);
SELECT pg_catalog.setval('public.study_user_attributes_study_user_attribute_id_seq', 9, true);
SELECT pg_catalog.setval('public.trial_heartbeats_trial_heartbeat_id_seq', 1, false);
SELECT pg_catalog.setval('public.trial_intermediate_values_trial_intermediate_value_id_seq', 29, true);
SELECT pg_catalog.setval('public.trial_params_param_id_seq', 58, true);
SELECT pg_catalog.setval('public.trial_system_attributes_trial_system_attribute_id_seq', 9, true);
SELECT pg_catalog.setval('public.trial_user_attributes_trial_user_attribute_id_seq', 36, true);
SELECT pg_catalog.setval('public.trial_values_trial_value_id_seq', 3, true);
SELECT pg_catalog.setval('public.trials_trial_id_seq', 6, true);
ALTER TABLE ONLY public.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);
ALTER TABLE ONLY public.optsweep_losses
    ADD CONSTRAINT optsweep_losses_pkey PRIMARY KEY (trial_id);
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
