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
INSERT INTO "optsweep_run_events" VALUES(1,1,1,'slow','','planned',1.79573239145400071143e+09,NULL,NULL,NULL);
INSERT INTO "optsweep_run_events" VALUES(2,1,2,'fast','','planned',1.79573239145400071143e+09,NULL,NULL,NULL);
INSERT INTO "optsweep_run_events" VALUES(3,1,3,'random-001','','planned',1.79573239145400071143e+09,NULL,NULL,NULL);
INSERT INTO "optsweep_run_events" VALUES(4,1,4,'random-002','','planned',1.79573239145400071143e+09,NULL,NULL,NULL);
INSERT INTO "optsweep_run_events" VALUES(5,1,5,'random-003','','planned',1.79573239145400071143e+09,NULL,NULL,NULL);
INSERT INTO "optsweep_run_events" VALUES(6,1,1,'slow','677f8f870ed540daa18e748d296f4a85','claimed',1.79573239699599456788e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','attempt 1');
INSERT INTO "optsweep_run_events" VALUES(7,1,1,'slow','677f8f870ed540daa18e748d296f4a85','evaluated',1.79573239857301259047e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','-0.70577 at evaluation 10');
INSERT INTO "optsweep_run_events" VALUES(8,1,1,'slow','677f8f870ed540daa18e748d296f4a85','complete',1.7957323986089811325e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','-1.05111');
INSERT INTO "optsweep_run_events" VALUES(9,1,2,'fast','54cc2429de79420081f6a410e49209b8','claimed',1.79573239863798904411e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','attempt 1');
INSERT INTO "optsweep_run_events" VALUES(10,1,2,'fast','54cc2429de79420081f6a410e49209b8','evaluated',1.79573240019299983985e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','-0.33262 at evaluation 10');
INSERT INTO "optsweep_run_events" VALUES(11,1,2,'fast','54cc2429de79420081f6a410e49209b8','complete',1.79573240021098399165e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','-1.01707');
INSERT INTO "optsweep_run_events" VALUES(12,1,3,'random-001','cfc81047c5ab48fb9c58e1df1e58af26','claimed',1.79573240022498512263e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','attempt 1');
INSERT INTO "optsweep_run_events" VALUES(13,1,3,'random-001','cfc81047c5ab48fb9c58e1df1e58af26','evaluated',1.79573240094898033147e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','-0.435553 at evaluation 4');
INSERT INTO "optsweep_run_events" VALUES(14,1,3,'random-001','cfc81047c5ab48fb9c58e1df1e58af26','pruned',1.79573240100301361084e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','pruned at 40 %: -0.90 > median -1.03 of 2 runs');
INSERT INTO "optsweep_run_events" VALUES(15,1,4,'random-002','9b1b5a7417e448079bb4aad910ac61cd','claimed',1.79573240101898622513e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','attempt 1');
INSERT INTO "optsweep_run_events" VALUES(16,1,4,'random-002','9b1b5a7417e448079bb4aad910ac61cd','evaluated',1.79573240171099615097e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','-1.16317 at evaluation 3');
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
INSERT INTO "optsweep_runs" VALUES(1,1,'slow',0,NULL,'CPU worker 0','vm/3d1219c7c4c5/4026531836','0648b83e-7b04-4c72-893b-67377aef2fd4',16577,332350,1.7957323986089811325e+09,NULL,1,0,0,100,0,1.0,0,1.44864522799980477429e+00,NULL,NULL,-1.0511101304657719524e+00,10,-7.05770436490727792744e-01,'complete',NULL,1.79573239699599456788e+09,1.7957323986089811325e+09);
INSERT INTO "optsweep_runs" VALUES(2,1,'fast',1,NULL,'CPU worker 0','vm/3d1219c7c4c5/4026531836','0648b83e-7b04-4c72-893b-67377aef2fd4',16577,332350,1.79573240021098399165e+09,NULL,1,0,0,100,0,1.0,0,1.42406106099997487035e+00,NULL,NULL,-1.01707280688754675423e+00,10,-0.332619555894753,'complete',NULL,1.79573239863798904411e+09,1.79573240021098399165e+09);
INSERT INTO "optsweep_runs" VALUES(3,1,'random-001',2000000,NULL,'CPU worker 0','vm/3d1219c7c4c5/4026531836','0648b83e-7b04-4c72-893b-67377aef2fd4',16577,332350,1.79573240100301361084e+09,NULL,1,0,0,40,0,0.4,0,0.70320220099984,NULL,NULL,-8.96662316921986501938e-01,10,-4.35553346808146168989e-01,'pruned','pruned at 40 %: -0.90 > median -1.03 of 2 runs',1.79573240022498512263e+09,1.79573240100301361084e+09);
INSERT INTO "optsweep_runs" VALUES(4,1,'random-002',2000001,'9b1b5a7417e448079bb4aad910ac61cd','CPU worker 0','vm/3d1219c7c4c5/4026531836','0648b83e-7b04-4c72-893b-67377aef2fd4',16577,332350,1000000000.0,NULL,1,0,0,30,0,0.3,0,6.32594525000058638397e-01,NULL,NULL,-1.18757007863692742866e+00,10,-1.16317182428660070847e+00,NULL,NULL,1.79573240101898622513e+09,NULL);
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
INSERT INTO "study_directions" VALUES(1,'MINIMIZE',1,0);
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
INSERT INTO "study_user_attributes" VALUES(2,1,'optsweep:data','{"corpus": "@FOLDER@/data/proteins.pt", "fingerprint": "db397154ff35756194dc7493a2067046", "content": "ddbbf39c2da891a707b7f49ad1755b4e", "demo": false, "subset": "@FOLDER@/data/proteins_sweep.pt", "num_sequences": 30, "source_sequences": 30, "synthetic": true, "manifest": {"kind": "subset", "source": "proteins.pt", "source_size": 9238, "source_fingerprint": "db397154ff35756194dc7493a2067046", "n": 10000, "seed": 42, "version": 2, "num_source": 30, "num_differing": 0, "rule": {"name": "demo families", "words": "the demo corpus'' own families"}, "num_left_out": 0, "notes": ["validation is one family of 5 sequences: none is smaller", "confirmation is one family of 11 sequences: none is smaller"], "synthetic": true, "source_manifest": {"kind": "corpus", "synthetic": true, "description": "synthetic protein families, evolved from random ancestors by a substitution model", "version": 1, "num_sequences": 30, "seed": 20250101}}, "weights": {"validation": [101, 95, 93, 103, 109], "confirmation": [417, 450, 453, 451, 482, 498, 470, 452, 498, 436, 487]}, "training": {"sequences": 14, "residues": 1805}, "reference": {}, "trains_on": null}');
INSERT INTO "study_user_attributes" VALUES(3,1,'optsweep:command','["optsweep", "sweep", "study.toml", "--data", "data/proteins.pt", "--name", "half", "--cpu-workers", "1"]');
INSERT INTO "study_user_attributes" VALUES(4,1,'optsweep:created','1795732391.4825644');
INSERT INTO "study_user_attributes" VALUES(5,1,'optsweep:definition','{"name": "study", "study": {"type": "random", "trials": 3, "repeats": "auto", "seed": 8, "message": ""}, "budget": {"num_evaluations": 10}, "pruner": {"kind": "median", "percentile": 25.0, "startup": 2, "warmup_fraction": 0.3, "minimum": 2, "others_best": true}, "sampler": {"startup": 5}, "settings": {"max_protein_len": 512, "precision": "auto", "compile": "auto", "threads": null, "num_training": null, "num_validation": null, "noise_seed": 0, "patience": false}, "notify": {"command": ""}, "trackers": {"tensorboard": false, "wandb": false, "mlflow": false}, "space": {"optim.lr": {"low": 0.001, "high": 0.05, "log": true}, "optim.decay": {"choices": [0.0, 0.1, 0.2]}}, "presets": [{"name": "slow", "optim.lr": 0.005, "optim.decay": 0.1}, {"name": "fast", "optim.lr": 0.02, "optim.decay": 0.2}], "rounding": "width", "trainer": {"command": ["python", "script/train.py", "--config", "{config}", "--datafile", "{data}", "--work-dir", "{dir}"], "config": "toml", "template_text": "# The script''s own config; a sweep puts its values in the places of these.\nseed = 0\n\n[optim]\nlr = 0.01\ndecay = 0.1\n", "set": {"seed": "{seed}"}, "flag": "--{name}={value}", "data": "packed", "grace_seconds": 30.0, "metrics": {"kind": "jsonl", "file": "numbers.jsonl", "patterns": [], "value": "valid.loss", "maximize": true, "step": "step", "total": 100.0, "train_loss": ""}}}');
INSERT INTO "study_user_attributes" VALUES(6,1,'optsweep:stop','null');
INSERT INTO "study_user_attributes" VALUES(7,1,'optsweep:target','5');
INSERT INTO "study_user_attributes" VALUES(8,1,'optsweep:deadline','null');
INSERT INTO "study_user_attributes" VALUES(9,1,'optsweep:max_gpu_hours','null');
INSERT INTO "study_user_attributes" VALUES(10,1,'optsweep:last_end','null');
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
INSERT INTO "trial_intermediate_values" VALUES(1,1,1,-1.0511101304657719524e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(2,1,2,-1.00461048027461763432e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(3,1,3,-9.60384191914696150327e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(4,1,4,-9.18320121022674240585e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(5,1,5,-0.878312557068642,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(6,1,6,-8.40260957696704502417e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(7,1,7,-8.0406969605362987874e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(8,1,8,-7.69647820470564347772e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(9,1,9,-7.36908825893878072221e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(10,1,10,-7.05770436490727792744e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(11,2,1,-1.01707280688754675423e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(12,2,2,-8.67607971755094187216e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(13,2,3,-0.745484319382437,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(14,2,4,-6.45700403950950740927e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(15,2,5,-5.64169680087116764966e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(16,2,6,-4.97553142692120420331e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(17,2,7,-4.43122581497661593985e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(18,2,8,-3.98648850082040651088e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(19,2,9,-3.62310573521516521289e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(20,2,10,-0.332619555894753,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(21,3,1,-8.96662316921986501938e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(22,3,2,-6.85338383819110386063e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(23,3,3,-5.38116962962593703423e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(24,3,4,-4.35553346808146168989e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(25,4,1,-1.18757007863692742866e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(26,4,2,-1.17529466021894690719e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(27,4,3,-1.16317182428660070847e+00,'FINITE');
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
INSERT INTO "trial_params" VALUES(1,1,'optim.lr',0.005,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 0.05, "log": true}}');
INSERT INTO "trial_params" VALUES(2,1,'optim.decay',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.0, 0.1, 0.2]}}');
INSERT INTO "trial_params" VALUES(3,2,'optim.lr',0.02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 0.05, "log": true}}');
INSERT INTO "trial_params" VALUES(4,2,'optim.decay',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.0, 0.1, 0.2]}}');
INSERT INTO "trial_params" VALUES(5,3,'optim.lr',0.0355,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 0.05, "log": true}}');
INSERT INTO "trial_params" VALUES(6,3,'optim.decay',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.0, 0.1, 0.2]}}');
INSERT INTO "trial_params" VALUES(7,4,'optim.lr',0.00125,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 0.05, "log": true}}');
INSERT INTO "trial_params" VALUES(8,4,'optim.decay',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.0, 0.1, 0.2]}}');
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
INSERT INTO "trial_user_attributes" VALUES(1,1,'optsweep:run','"slow"');
INSERT INTO "trial_user_attributes" VALUES(2,1,'optsweep:index','0');
INSERT INTO "trial_user_attributes" VALUES(3,1,'optsweep:source','"preset"');
INSERT INTO "trial_user_attributes" VALUES(4,1,'optsweep:preset','"slow"');
INSERT INTO "trial_user_attributes" VALUES(5,1,'optsweep:fixed','{"optim.lr": 0.005, "optim.decay": 0.1}');
INSERT INTO "trial_user_attributes" VALUES(6,2,'optsweep:run','"fast"');
INSERT INTO "trial_user_attributes" VALUES(7,2,'optsweep:index','1');
INSERT INTO "trial_user_attributes" VALUES(8,2,'optsweep:source','"preset"');
INSERT INTO "trial_user_attributes" VALUES(9,2,'optsweep:preset','"fast"');
INSERT INTO "trial_user_attributes" VALUES(10,2,'optsweep:fixed','{"optim.lr": 0.02, "optim.decay": 0.2}');
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
INSERT INTO "trial_user_attributes" VALUES(26,1,'optsweep:config','{"parameters": {"optim.lr": 0.005, "optim.decay": 0.1}, "seed": 215144805, "num_evaluations": 10, "trainer": {"command": ["python", "script/train.py", "--config", "{config}", "--datafile", "{data}", "--work-dir", "{dir}"], "config": "toml", "template_text": "# The script''s own config; a sweep puts its values in the places of these.\nseed = 0\n\n[optim]\nlr = 0.01\ndecay = 0.1\n", "set": {"seed": "{seed}"}, "flag": "--{name}={value}", "data": "packed", "grace_seconds": 30.0, "metrics": {"kind": "jsonl", "file": "numbers.jsonl", "patterns": [], "value": "valid.loss", "maximize": true, "step": "step", "total": 100.0, "train_loss": ""}}, "provenance": {"study": "half", "run": "slow", "source": "preset", "trial": 0, "subset": "@FOLDER@/data/proteins_sweep.pt", "optsweep": "0.1.0"}}');
INSERT INTO "trial_user_attributes" VALUES(27,2,'optsweep:config','{"parameters": {"optim.lr": 0.02, "optim.decay": 0.2}, "seed": 1779765958, "num_evaluations": 10, "trainer": {"command": ["python", "script/train.py", "--config", "{config}", "--datafile", "{data}", "--work-dir", "{dir}"], "config": "toml", "template_text": "# The script''s own config; a sweep puts its values in the places of these.\nseed = 0\n\n[optim]\nlr = 0.01\ndecay = 0.1\n", "set": {"seed": "{seed}"}, "flag": "--{name}={value}", "data": "packed", "grace_seconds": 30.0, "metrics": {"kind": "jsonl", "file": "numbers.jsonl", "patterns": [], "value": "valid.loss", "maximize": true, "step": "step", "total": 100.0, "train_loss": ""}}, "provenance": {"study": "half", "run": "fast", "source": "preset", "trial": 1, "subset": "@FOLDER@/data/proteins_sweep.pt", "optsweep": "0.1.0"}}');
INSERT INTO "trial_user_attributes" VALUES(28,3,'optsweep:config','{"parameters": {"optim.lr": 0.0355, "optim.decay": 0.2}, "seed": 2069921958, "num_evaluations": 10, "trainer": {"command": ["python", "script/train.py", "--config", "{config}", "--datafile", "{data}", "--work-dir", "{dir}"], "config": "toml", "template_text": "# The script''s own config; a sweep puts its values in the places of these.\nseed = 0\n\n[optim]\nlr = 0.01\ndecay = 0.1\n", "set": {"seed": "{seed}"}, "flag": "--{name}={value}", "data": "packed", "grace_seconds": 30.0, "metrics": {"kind": "jsonl", "file": "numbers.jsonl", "patterns": [], "value": "valid.loss", "maximize": true, "step": "step", "total": 100.0, "train_loss": ""}}, "provenance": {"study": "half", "run": "random-001", "source": "random", "trial": 2, "subset": "@FOLDER@/data/proteins_sweep.pt", "optsweep": "0.1.0"}}');
INSERT INTO "trial_user_attributes" VALUES(29,4,'optsweep:config','{"parameters": {"optim.lr": 0.00125, "optim.decay": 0.2}, "seed": 770542298, "num_evaluations": 10, "trainer": {"command": ["python", "script/train.py", "--config", "{config}", "--datafile", "{data}", "--work-dir", "{dir}"], "config": "toml", "template_text": "# The script''s own config; a sweep puts its values in the places of these.\nseed = 0\n\n[optim]\nlr = 0.01\ndecay = 0.1\n", "set": {"seed": "{seed}"}, "flag": "--{name}={value}", "data": "packed", "grace_seconds": 30.0, "metrics": {"kind": "jsonl", "file": "numbers.jsonl", "patterns": [], "value": "valid.loss", "maximize": true, "step": "step", "total": 100.0, "train_loss": ""}}, "provenance": {"study": "half", "run": "random-002", "source": "random", "trial": 3, "subset": "@FOLDER@/data/proteins_sweep.pt", "optsweep": "0.1.0"}}');
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
INSERT INTO "trial_values" VALUES(1,1,0,-1.0511101304657719524e+00,'FINITE');
INSERT INTO "trial_values" VALUES(2,2,0,-1.01707280688754675423e+00,'FINITE');
INSERT INTO "trial_values" VALUES(3,3,0,-4.35553346808146168989e-01,'FINITE');
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
INSERT INTO "trials" VALUES(1,0,1,'COMPLETE','2026-11-26 22:33:17.007831','2026-11-26 22:33:18.611209');
INSERT INTO "trials" VALUES(2,1,1,'COMPLETE','2026-11-26 22:33:18.639680','2026-11-26 22:33:20.212216');
INSERT INTO "trials" VALUES(3,2,1,'PRUNED','2026-11-26 22:33:20.226358','2026-11-26 22:33:21.008927');
INSERT INTO "trials" VALUES(4,3,1,'RUNNING','2026-11-26 22:33:21.021249',NULL);
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
