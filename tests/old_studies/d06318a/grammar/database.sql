BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('v3.2.0.a');
CREATE TABLE optsweep_losses (
	trial_id INTEGER NOT NULL, 
	study_id INTEGER NOT NULL, 
	losses BLOB NOT NULL, 
	PRIMARY KEY (trial_id)
);
CREATE TABLE optsweep_run_events (
	id INTEGER NOT NULL, 
	study_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	run VARCHAR(128) NOT NULL, 
	token VARCHAR(32) NOT NULL, 
	what VARCHAR(16) NOT NULL, 
	at DOUBLE NOT NULL, 
	worker VARCHAR(128), 
	host VARCHAR(200), 
	detail TEXT, 
	PRIMARY KEY (id), 
	UNIQUE (trial_id, token, what)
);
INSERT INTO "optsweep_run_events" VALUES(1,1,1,'plain','','planned',1.79573611554400014876e+09,NULL,NULL,NULL);
INSERT INTO "optsweep_run_events" VALUES(2,1,2,'damped','','planned',1.79573611554400014876e+09,NULL,NULL,NULL);
INSERT INTO "optsweep_run_events" VALUES(3,1,3,'random-001','','planned',1.79573611554400014876e+09,NULL,NULL,NULL);
INSERT INTO "optsweep_run_events" VALUES(4,1,4,'random-002','','planned',1.79573611554400014876e+09,NULL,NULL,NULL);
INSERT INTO "optsweep_run_events" VALUES(5,1,5,'random-003','','planned',1.79573611554400014876e+09,NULL,NULL,NULL);
INSERT INTO "optsweep_run_events" VALUES(6,1,1,'plain','e208ca4ebaa14a8ea74c94c7e567151a','claimed',1.79573611688601684566e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','attempt 1');
INSERT INTO "optsweep_run_events" VALUES(7,1,1,'plain','e208ca4ebaa14a8ea74c94c7e567151a','evaluated',1.79573611815601587296e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','1.87354 at evaluation 10');
INSERT INTO "optsweep_run_events" VALUES(8,1,1,'plain','e208ca4ebaa14a8ea74c94c7e567151a','complete',1.79573611817198848725e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','1.87354');
INSERT INTO "optsweep_run_events" VALUES(9,1,2,'damped','b6d2329094b4446ead11a9c6f3513bd6','claimed',1.79573611818598961832e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','attempt 1');
INSERT INTO "optsweep_run_events" VALUES(10,1,2,'damped','b6d2329094b4446ead11a9c6f3513bd6','evaluated',1.79573611950398683541e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','0.509202 at evaluation 10');
INSERT INTO "optsweep_run_events" VALUES(11,1,2,'damped','b6d2329094b4446ead11a9c6f3513bd6','complete',1.79573611953198909764e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','0.509202');
INSERT INTO "optsweep_run_events" VALUES(12,1,3,'random-001','14e16d386fad42059d132fdb76a288f7','claimed',1.79573611954498434063e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','attempt 1');
INSERT INTO "optsweep_run_events" VALUES(13,1,3,'random-001','14e16d386fad42059d132fdb76a288f7','evaluated',1.79573612024001169206e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','0.48229 at evaluation 4');
INSERT INTO "optsweep_run_events" VALUES(14,1,3,'random-001','14e16d386fad42059d132fdb76a288f7','pruned',1.7957361202899813652e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','pruned at 40 %: 0.48 < median 0.79 of 2 runs');
INSERT INTO "optsweep_run_events" VALUES(15,1,4,'random-002','d601ffda5d9e406b909ab8791732b971','claimed',1.79573612029899358751e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','attempt 1');
INSERT INTO "optsweep_run_events" VALUES(16,1,4,'random-002','d601ffda5d9e406b909ab8791732b971','evaluated',1.7957361209879860878e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','1.50852 at evaluation 3');
CREATE TABLE optsweep_runs (
	trial_id INTEGER NOT NULL, 
	study_id INTEGER NOT NULL, 
	run VARCHAR(128) NOT NULL, 
	priority INTEGER NOT NULL, 
	token VARCHAR(32), 
	worker VARCHAR(128), 
	host VARCHAR(200), 
	boot_id VARCHAR(64), 
	pid BIGINT, 
	pid_started BIGINT, 
	beat DOUBLE, 
	order_given VARCHAR(16), 
	attempts INTEGER NOT NULL, 
	faults INTEGER NOT NULL, 
	interruptions INTEGER NOT NULL, 
	checkpoint_step INTEGER NOT NULL, 
	counted_step INTEGER NOT NULL, 
	progress DOUBLE NOT NULL, 
	sequences BIGINT NOT NULL, 
	seconds DOUBLE NOT NULL, 
	train_loss DOUBLE, 
	residues_per_second DOUBLE, 
	best_value DOUBLE, 
	best_step INTEGER, 
	last_value DOUBLE, 
	outcome VARCHAR(16), 
	reason TEXT, 
	started DOUBLE, 
	ended DOUBLE, 
	PRIMARY KEY (trial_id)
);
INSERT INTO "optsweep_runs" VALUES(1,1,'plain',0,NULL,'CPU worker 0','vm/3d1219c7c4c5/4026531836','0648b83e-7b04-4c72-893b-67377aef2fd4',6165,704747,1.79573611817198848725e+09,NULL,1,0,0,100,0,1.0,0,1.21868741999969643075e+00,NULL,NULL,1.87354175926733335089e+00,100,1.87354175926733335089e+00,'complete',NULL,1.79573611688601684566e+09,1.79573611817198848725e+09);
INSERT INTO "optsweep_runs" VALUES(2,1,'damped',1,NULL,'CPU worker 0','vm/3d1219c7c4c5/4026531836','0648b83e-7b04-4c72-893b-67377aef2fd4',6165,704747,1.79573611953198909764e+09,NULL,1,0,0,100,0,1.0,0,1.23312514699955499963e+00,NULL,NULL,5.09202240450380094749e-01,100,5.09202240450380094749e-01,'complete',NULL,1.79573611818598961832e+09,1.79573611953198909764e+09);
INSERT INTO "optsweep_runs" VALUES(3,1,'random-001',2000000,NULL,'CPU worker 0','vm/3d1219c7c4c5/4026531836','0648b83e-7b04-4c72-893b-67377aef2fd4',6165,704747,1.7957361202899813652e+09,NULL,1,0,0,40,0,0.4,0,6.87961413999801152385e-01,NULL,NULL,4.82290428320169606291e-01,40,4.82290428320169606291e-01,'pruned','pruned at 40 %: 0.48 < median 0.79 of 2 runs',1.79573611954498434063e+09,1.7957361202899813652e+09);
INSERT INTO "optsweep_runs" VALUES(4,1,'random-002',2000001,'d601ffda5d9e406b909ab8791732b971','CPU worker 0','vm/3d1219c7c4c5/4026531836','0648b83e-7b04-4c72-893b-67377aef2fd4',6165,704747,1000000000.0,NULL,1,0,0,30,0,0.3,0,6.37569171999530226457e-01,NULL,NULL,1.50852186221840534052e+00,30,1.50852186221840534052e+00,NULL,NULL,1.79573612029899358751e+09,NULL);
INSERT INTO "optsweep_runs" VALUES(5,1,'random-003',2000002,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0,0,0,0,0.0,0,0.0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
CREATE TABLE optsweep_subsets (
	content VARCHAR(64) NOT NULL, 
	part INTEGER NOT NULL, 
	bytes BLOB NOT NULL, 
	PRIMARY KEY (content, part)
);
CREATE TABLE studies (
	study_id INTEGER NOT NULL, 
	study_name VARCHAR(512) NOT NULL, 
	PRIMARY KEY (study_id)
);
INSERT INTO "studies" VALUES(1,'half');
CREATE TABLE study_directions (
	study_direction_id INTEGER NOT NULL, 
	direction VARCHAR(8) NOT NULL, 
	study_id INTEGER NOT NULL, 
	objective INTEGER NOT NULL, 
	PRIMARY KEY (study_direction_id), 
	UNIQUE (study_id, objective), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "study_directions" VALUES(1,'MAXIMIZE',1,0);
CREATE TABLE study_system_attributes (
	study_system_attribute_id INTEGER NOT NULL, 
	study_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (study_system_attribute_id), 
	UNIQUE (study_id, "key"), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
CREATE TABLE study_user_attributes (
	study_user_attribute_id INTEGER NOT NULL, 
	study_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (study_user_attribute_id), 
	UNIQUE (study_id, "key"), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "study_user_attributes" VALUES(1,1,'optsweep:versions','{"optuna": "5.0.0", "optsweep": "0.1.0", "torch": "2.13.0+cpu"}');
INSERT INTO "study_user_attributes" VALUES(2,1,'optsweep:command','["optsweep", "sweep", "study.toml", "--name", "half", "--cpu-workers", "1"]');
INSERT INTO "study_user_attributes" VALUES(3,1,'optsweep:created','1795736115.558489');
INSERT INTO "study_user_attributes" VALUES(4,1,'optsweep:definition','{"name": "study", "study": {"type": "random", "trials": 3, "repeats": 0, "seed": 12, "message": ""}, "budget": {"num_evaluations": 10}, "pruner": {"kind": "median", "percentile": 25.0, "startup": 2, "warmup_fraction": 0.3, "minimum": 2, "others_best": true}, "sampler": {"startup": 5}, "notify": {"command": ""}, "trackers": {"tensorboard": false, "wandb": false, "mlflow": false}, "space": {"rate": {"when": null, "low": 0.005, "high": 0.05, "log": false, "step": 0.005}, "width": {"when": null, "choices": [32, 48, 64], "none": false}, "heads": {"when": null, "choices": [2, 3, 4], "none": false}, "kind": {"when": null, "choices": ["plain", "damped"], "none": false}, "damping": {"when": "kind == ''damped''", "low": 0.1, "high": 0.5, "log": false, "step": null}, "betas": {"when": null, "choices": [[0.9, 0.95], [0.9, 0.999]], "none": false}, "clip": {"when": null, "choices": [0.5, 1.0], "none": true}, "fast_start": {"when": null, "choices": [true, false], "none": false}}, "presets": [{"name": "plain", "rate": 0.02, "width": 64, "heads": 4, "kind": "plain", "betas": "[0.9, 0.95]", "clip": "none", "fast_start": true}, {"name": "damped", "rate": 0.03, "width": 48, "heads": 3, "kind": "damped", "damping": 0.25, "betas": "[0.9, 0.999]", "clip": 0.5, "fast_start": false}], "rounding": "width", "trainer": {"command": ["python", "train.py", "{flags}", "--out-dir={dir}"], "cwd": "grammar", "env": {"LEVEL": "{seed}"}, "config": null, "template_text": "", "set": {"steps": 100, "label": "{{{run}}}"}, "derive": {"head_dim": "width // heads"}, "constraints": ["width % heads == 0"], "internal": ["heads"], "flag": "--{name}={value}", "flags": {"form": "--{name} {value}", "booleans": "--{name}/--no-{name}", "lists": "a b", "none": null, "dashes": true, "exceptions": {}}, "resume": {"args": ["--resume", "{checkpoint}"], "if_exists": "state*.json"}, "grace_seconds": 30.0, "metrics": {"kind": "jsonl", "file": "numbers.jsonl", "patterns": [], "value": "score", "direction": "maximize", "summary": "last", "step": "epoch", "step_offset": 10, "total": "steps", "ends_early": false, "train_loss": ""}}}');
INSERT INTO "study_user_attributes" VALUES(5,1,'optsweep:stop','null');
INSERT INTO "study_user_attributes" VALUES(6,1,'optsweep:target','5');
INSERT INTO "study_user_attributes" VALUES(7,1,'optsweep:deadline','null');
INSERT INTO "study_user_attributes" VALUES(8,1,'optsweep:max_gpu_hours','null');
INSERT INTO "study_user_attributes" VALUES(9,1,'optsweep:last_end','null');
CREATE TABLE trial_heartbeats (
	trial_heartbeat_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	heartbeat DATETIME NOT NULL, 
	PRIMARY KEY (trial_heartbeat_id), 
	UNIQUE (trial_id), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
CREATE TABLE trial_intermediate_values (
	trial_intermediate_value_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	step INTEGER NOT NULL, 
	intermediate_value FLOAT, 
	intermediate_value_type VARCHAR(7) NOT NULL, 
	PRIMARY KEY (trial_intermediate_value_id), 
	UNIQUE (trial_id, step), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_intermediate_values" VALUES(1,1,1,3.95122737122898748385e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(2,1,2,0.717966781008996,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(3,1,3,9.81753870133935890862e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(4,1,4,1.19728712746594623261e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(5,1,5,1.37339349101182750523e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(6,1,6,1.51728521178501951638e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(7,1,7,1.63485522396505067455e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(8,1,8,1.73091848382279156481e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(9,1,9,1.80940916119352412927e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(10,1,10,1.87354175926733335089e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(11,2,1,1.40379626158798981316e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(12,2,2,2.43898949412787724444e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(13,2,3,3.20236595980114224779e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(14,2,4,3.76529818349238654118e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(15,2,5,4.18041798704892331173e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(16,2,6,4.48653734574339602136e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(17,2,7,4.7122771465543028535e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(18,2,8,4.87874312207272120556e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(19,2,9,5.00149914872710210644e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(20,2,10,5.09202240450380094749e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(21,3,1,1.90320755912772227036e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(22,3,2,3.23599007681908190647e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(23,3,3,4.16931404925950099826e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(24,3,4,4.82290428320169606291e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(25,4,1,7.70746087110921740404e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(26,4,2,1.23222024023767184885e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(27,4,3,1.50852186221840534052e+00,'FINITE');
CREATE TABLE trial_params (
	param_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	param_name VARCHAR(512), 
	param_value FLOAT, 
	distribution_json TEXT, 
	PRIMARY KEY (param_id), 
	UNIQUE (trial_id, param_name), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_params" VALUES(1,1,'rate',0.02,'{"name": "FloatDistribution", "attributes": {"step": 0.005, "low": 0.005, "high": 0.05, "log": false}}');
INSERT INTO "trial_params" VALUES(2,1,'width',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [32, 48, 64]}}');
INSERT INTO "trial_params" VALUES(3,1,'heads',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [2, 3, 4]}}');
INSERT INTO "trial_params" VALUES(4,1,'kind',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["plain", "damped"]}}');
INSERT INTO "trial_params" VALUES(5,1,'betas',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["[0.9, 0.95]", "[0.9, 0.999]"]}}');
INSERT INTO "trial_params" VALUES(6,1,'clip',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.5, 1.0, "none"]}}');
INSERT INTO "trial_params" VALUES(7,1,'fast_start',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [true, false]}}');
INSERT INTO "trial_params" VALUES(8,2,'rate',0.03,'{"name": "FloatDistribution", "attributes": {"step": 0.005, "low": 0.005, "high": 0.05, "log": false}}');
INSERT INTO "trial_params" VALUES(9,2,'width',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [32, 48, 64]}}');
INSERT INTO "trial_params" VALUES(10,2,'heads',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [2, 3, 4]}}');
INSERT INTO "trial_params" VALUES(11,2,'kind',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["plain", "damped"]}}');
INSERT INTO "trial_params" VALUES(12,2,'damping',0.25,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.1, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(13,2,'betas',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["[0.9, 0.95]", "[0.9, 0.999]"]}}');
INSERT INTO "trial_params" VALUES(14,2,'clip',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.5, 1.0, "none"]}}');
INSERT INTO "trial_params" VALUES(15,2,'fast_start',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [true, false]}}');
INSERT INTO "trial_params" VALUES(16,3,'rate',0.035,'{"name": "FloatDistribution", "attributes": {"step": 0.005, "low": 0.005, "high": 0.05, "log": false}}');
INSERT INTO "trial_params" VALUES(17,3,'width',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [32, 48, 64]}}');
INSERT INTO "trial_params" VALUES(18,3,'heads',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [2, 3, 4]}}');
INSERT INTO "trial_params" VALUES(19,3,'kind',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["plain", "damped"]}}');
INSERT INTO "trial_params" VALUES(20,3,'betas',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["[0.9, 0.95]", "[0.9, 0.999]"]}}');
INSERT INTO "trial_params" VALUES(21,3,'clip',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.5, 1.0, "none"]}}');
INSERT INTO "trial_params" VALUES(22,3,'fast_start',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [true, false]}}');
INSERT INTO "trial_params" VALUES(23,4,'rate',0.05,'{"name": "FloatDistribution", "attributes": {"step": 0.005, "low": 0.005, "high": 0.05, "log": false}}');
INSERT INTO "trial_params" VALUES(24,4,'width',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [32, 48, 64]}}');
INSERT INTO "trial_params" VALUES(25,4,'heads',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [2, 3, 4]}}');
INSERT INTO "trial_params" VALUES(26,4,'kind',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["plain", "damped"]}}');
INSERT INTO "trial_params" VALUES(27,4,'damping',0.168,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.1, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(28,4,'betas',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["[0.9, 0.95]", "[0.9, 0.999]"]}}');
INSERT INTO "trial_params" VALUES(29,4,'clip',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.5, 1.0, "none"]}}');
INSERT INTO "trial_params" VALUES(30,4,'fast_start',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [true, false]}}');
CREATE TABLE trial_system_attributes (
	trial_system_attribute_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (trial_system_attribute_id), 
	UNIQUE (trial_id, "key"), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
CREATE TABLE trial_user_attributes (
	trial_user_attribute_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (trial_user_attribute_id), 
	UNIQUE (trial_id, "key"), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_user_attributes" VALUES(1,1,'optsweep:run','"plain"');
INSERT INTO "trial_user_attributes" VALUES(2,1,'optsweep:index','0');
INSERT INTO "trial_user_attributes" VALUES(3,1,'optsweep:source','"preset"');
INSERT INTO "trial_user_attributes" VALUES(4,1,'optsweep:preset','"plain"');
INSERT INTO "trial_user_attributes" VALUES(5,1,'optsweep:fixed','{"rate": 0.02, "width": 64, "heads": 4, "kind": "plain", "betas": "[0.9, 0.95]", "clip": "none", "fast_start": true}');
INSERT INTO "trial_user_attributes" VALUES(6,2,'optsweep:run','"damped"');
INSERT INTO "trial_user_attributes" VALUES(7,2,'optsweep:index','1');
INSERT INTO "trial_user_attributes" VALUES(8,2,'optsweep:source','"preset"');
INSERT INTO "trial_user_attributes" VALUES(9,2,'optsweep:preset','"damped"');
INSERT INTO "trial_user_attributes" VALUES(10,2,'optsweep:fixed','{"rate": 0.03, "width": 48, "heads": 3, "kind": "damped", "damping": 0.25, "betas": "[0.9, 0.999]", "clip": 0.5, "fast_start": false}');
INSERT INTO "trial_user_attributes" VALUES(11,3,'optsweep:run','"random-001"');
INSERT INTO "trial_user_attributes" VALUES(12,3,'optsweep:index','2');
INSERT INTO "trial_user_attributes" VALUES(13,3,'optsweep:source','"random"');
INSERT INTO "trial_user_attributes" VALUES(14,3,'optsweep:preset','null');
INSERT INTO "trial_user_attributes" VALUES(15,3,'optsweep:fixed','{}');
INSERT INTO "trial_user_attributes" VALUES(16,4,'optsweep:run','"random-002"');
INSERT INTO "trial_user_attributes" VALUES(17,4,'optsweep:index','3');
INSERT INTO "trial_user_attributes" VALUES(18,4,'optsweep:source','"random"');
INSERT INTO "trial_user_attributes" VALUES(19,4,'optsweep:preset','null');
INSERT INTO "trial_user_attributes" VALUES(20,4,'optsweep:fixed','{}');
INSERT INTO "trial_user_attributes" VALUES(21,5,'optsweep:run','"random-003"');
INSERT INTO "trial_user_attributes" VALUES(22,5,'optsweep:index','4');
INSERT INTO "trial_user_attributes" VALUES(23,5,'optsweep:source','"random"');
INSERT INTO "trial_user_attributes" VALUES(24,5,'optsweep:preset','null');
INSERT INTO "trial_user_attributes" VALUES(25,5,'optsweep:fixed','{}');
INSERT INTO "trial_user_attributes" VALUES(26,1,'optsweep:config','{"parameters": {"rate": 0.02, "width": 64, "heads": 4, "kind": "plain", "betas": "[0.9, 0.95]", "clip": "none", "fast_start": true}, "given": {"betas": [0.9, 0.95]}, "none": ["clip"], "seed": 1541412946, "num_evaluations": 10, "trainer": {"command": ["python", "train.py", "{flags}", "--out-dir={dir}"], "cwd": "grammar", "env": {"LEVEL": "{seed}"}, "config": null, "template_text": "", "set": {"steps": 100, "label": "{{{run}}}"}, "derive": {"head_dim": "width // heads"}, "constraints": ["width % heads == 0"], "internal": ["heads"], "flag": "--{name}={value}", "flags": {"form": "--{name} {value}", "booleans": "--{name}/--no-{name}", "lists": "a b", "none": null, "dashes": true, "exceptions": {}}, "resume": {"args": ["--resume", "{checkpoint}"], "if_exists": "state*.json"}, "grace_seconds": 30.0, "metrics": {"kind": "jsonl", "file": "numbers.jsonl", "patterns": [], "value": "score", "direction": "maximize", "summary": "last", "step": "epoch", "step_offset": 10, "total": "steps", "ends_early": false, "train_loss": ""}}, "provenance": {"study": "half", "run": "plain", "source": "preset", "trial": 0, "optsweep": "0.1.0"}}');
INSERT INTO "trial_user_attributes" VALUES(27,2,'optsweep:config','{"parameters": {"rate": 0.03, "width": 48, "heads": 3, "kind": "damped", "damping": 0.25, "betas": "[0.9, 0.999]", "clip": 0.5, "fast_start": false}, "given": {"betas": [0.9, 0.999]}, "seed": 1539543014, "num_evaluations": 10, "trainer": {"command": ["python", "train.py", "{flags}", "--out-dir={dir}"], "cwd": "grammar", "env": {"LEVEL": "{seed}"}, "config": null, "template_text": "", "set": {"steps": 100, "label": "{{{run}}}"}, "derive": {"head_dim": "width // heads"}, "constraints": ["width % heads == 0"], "internal": ["heads"], "flag": "--{name}={value}", "flags": {"form": "--{name} {value}", "booleans": "--{name}/--no-{name}", "lists": "a b", "none": null, "dashes": true, "exceptions": {}}, "resume": {"args": ["--resume", "{checkpoint}"], "if_exists": "state*.json"}, "grace_seconds": 30.0, "metrics": {"kind": "jsonl", "file": "numbers.jsonl", "patterns": [], "value": "score", "direction": "maximize", "summary": "last", "step": "epoch", "step_offset": 10, "total": "steps", "ends_early": false, "train_loss": ""}}, "provenance": {"study": "half", "run": "damped", "source": "preset", "trial": 1, "optsweep": "0.1.0"}}');
INSERT INTO "trial_user_attributes" VALUES(28,3,'optsweep:config','{"parameters": {"rate": 0.035, "width": 48, "heads": 3, "kind": "plain", "betas": "[0.9, 0.95]", "clip": 0.5, "fast_start": false}, "given": {"betas": [0.9, 0.95]}, "seed": 1172081757, "num_evaluations": 10, "trainer": {"command": ["python", "train.py", "{flags}", "--out-dir={dir}"], "cwd": "grammar", "env": {"LEVEL": "{seed}"}, "config": null, "template_text": "", "set": {"steps": 100, "label": "{{{run}}}"}, "derive": {"head_dim": "width // heads"}, "constraints": ["width % heads == 0"], "internal": ["heads"], "flag": "--{name}={value}", "flags": {"form": "--{name} {value}", "booleans": "--{name}/--no-{name}", "lists": "a b", "none": null, "dashes": true, "exceptions": {}}, "resume": {"args": ["--resume", "{checkpoint}"], "if_exists": "state*.json"}, "grace_seconds": 30.0, "metrics": {"kind": "jsonl", "file": "numbers.jsonl", "patterns": [], "value": "score", "direction": "maximize", "summary": "last", "step": "epoch", "step_offset": 10, "total": "steps", "ends_early": false, "train_loss": ""}}, "provenance": {"study": "half", "run": "random-001", "source": "random", "trial": 2, "optsweep": "0.1.0"}}');
INSERT INTO "trial_user_attributes" VALUES(29,4,'optsweep:config','{"parameters": {"rate": 0.05, "width": 48, "heads": 2, "kind": "damped", "damping": 0.168, "betas": "[0.9, 0.95]", "clip": "none", "fast_start": true}, "given": {"betas": [0.9, 0.95]}, "none": ["clip"], "seed": 1413304785, "num_evaluations": 10, "trainer": {"command": ["python", "train.py", "{flags}", "--out-dir={dir}"], "cwd": "grammar", "env": {"LEVEL": "{seed}"}, "config": null, "template_text": "", "set": {"steps": 100, "label": "{{{run}}}"}, "derive": {"head_dim": "width // heads"}, "constraints": ["width % heads == 0"], "internal": ["heads"], "flag": "--{name}={value}", "flags": {"form": "--{name} {value}", "booleans": "--{name}/--no-{name}", "lists": "a b", "none": null, "dashes": true, "exceptions": {}}, "resume": {"args": ["--resume", "{checkpoint}"], "if_exists": "state*.json"}, "grace_seconds": 30.0, "metrics": {"kind": "jsonl", "file": "numbers.jsonl", "patterns": [], "value": "score", "direction": "maximize", "summary": "last", "step": "epoch", "step_offset": 10, "total": "steps", "ends_early": false, "train_loss": ""}}, "provenance": {"study": "half", "run": "random-002", "source": "random", "trial": 3, "optsweep": "0.1.0"}}');
CREATE TABLE trial_values (
	trial_value_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	objective INTEGER NOT NULL, 
	value FLOAT, 
	value_type VARCHAR(7) NOT NULL, 
	PRIMARY KEY (trial_value_id), 
	UNIQUE (trial_id, objective), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_values" VALUES(1,1,0,1.87354175926733335089e+00,'FINITE');
INSERT INTO "trial_values" VALUES(2,2,0,5.09202240450380094749e-01,'FINITE');
INSERT INTO "trial_values" VALUES(3,3,0,4.82290428320169606291e-01,'FINITE');
CREATE TABLE trials (
	trial_id INTEGER NOT NULL, 
	number INTEGER, 
	study_id INTEGER, 
	state VARCHAR(8) NOT NULL, 
	datetime_start DATETIME, 
	datetime_complete DATETIME, 
	PRIMARY KEY (trial_id), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "trials" VALUES(1,0,1,'COMPLETE','2026-11-26 23:35:16.888531','2026-11-26 23:35:18.177892');
INSERT INTO "trials" VALUES(2,1,1,'COMPLETE','2026-11-26 23:35:18.189630','2026-11-26 23:35:19.532962');
INSERT INTO "trials" VALUES(3,2,1,'PRUNED','2026-11-26 23:35:19.546504','2026-11-26 23:35:20.291097');
INSERT INTO "trials" VALUES(4,3,1,'RUNNING','2026-11-26 23:35:20.300573',NULL);
INSERT INTO "trials" VALUES(5,4,1,'WAITING',NULL,NULL);
CREATE TABLE version_info (
	version_info_id INTEGER NOT NULL, 
	schema_version INTEGER, 
	library_version VARCHAR(256), 
	PRIMARY KEY (version_info_id), 
	CHECK (version_info_id=1)
);
INSERT INTO "version_info" VALUES(1,12,'5.0.0');
CREATE UNIQUE INDEX ix_studies_study_name ON studies (study_name);
CREATE INDEX ix_trials_study_id ON trials (study_id);
CREATE INDEX ix_optsweep_runs_study_id ON optsweep_runs (study_id);
CREATE INDEX ix_optsweep_losses_study_id ON optsweep_losses (study_id);
COMMIT;
