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
INSERT INTO "optsweep_losses" VALUES(1,1,X'79FD4E4034086A40DFB9574060295040ECCC4E40');
INSERT INTO "optsweep_losses" VALUES(2,1,X'8F784340AA801F40DDB24940ADB63D40C8BF4040');
INSERT INTO "optsweep_losses" VALUES(3,1,X'DA183540B23E4A40F5643A40C61D2F4003963540');
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
INSERT INTO "optsweep_run_events" VALUES(1,1,1,'short','','planned',1.79571853601601719857e+09,NULL,NULL,NULL);
INSERT INTO "optsweep_run_events" VALUES(2,1,2,'random-001','','planned',1.79571853601601719857e+09,NULL,NULL,NULL);
INSERT INTO "optsweep_run_events" VALUES(3,1,3,'random-002','','planned',1.79571853601601719857e+09,NULL,NULL,NULL);
INSERT INTO "optsweep_run_events" VALUES(4,1,4,'random-002-seed2','','planned',1.79571853601601719857e+09,NULL,NULL,NULL);
INSERT INTO "optsweep_run_events" VALUES(5,1,5,'repeat-002','','planned',1.79571853601601719857e+09,NULL,NULL,NULL);
INSERT INTO "optsweep_run_events" VALUES(6,1,6,'repeat-003','','planned',1.79571853601601719857e+09,NULL,NULL,NULL);
INSERT INTO "optsweep_run_events" VALUES(7,1,1,'short','058884ba15b5426583a4974a6263f6b5','claimed',1.79571853980199551579e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','attempt 1');
INSERT INTO "optsweep_run_events" VALUES(8,1,1,'short','058884ba15b5426583a4974a6263f6b5','evaluated',1.7957185403570115566e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','3.34909 at evaluation 10');
INSERT INTO "optsweep_run_events" VALUES(9,1,1,'short','058884ba15b5426583a4974a6263f6b5','complete',1795718540.37399,'CPU worker 0','vm/3d1219c7c4c5/4026531836','3.34909');
INSERT INTO "optsweep_run_events" VALUES(10,1,2,'random-001','e9fe3c6e192f4c5b9f992bcbd9d83c8e','claimed',1.79571854041100454333e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','attempt 1');
INSERT INTO "optsweep_run_events" VALUES(11,1,2,'random-001','e9fe3c6e192f4c5b9f992bcbd9d83c8e','evaluated',1.79571854116799092294e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','2.9348 at evaluation 10');
INSERT INTO "optsweep_run_events" VALUES(12,1,2,'random-001','e9fe3c6e192f4c5b9f992bcbd9d83c8e','complete',1.79571854118400359157e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','2.9348');
INSERT INTO "optsweep_run_events" VALUES(13,1,3,'random-002','3b5718e64b3840948c76dbce56e9ede1','claimed',1.79571854121401762961e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','attempt 1');
INSERT INTO "optsweep_run_events" VALUES(14,1,3,'random-002','3b5718e64b3840948c76dbce56e9ede1','evaluated',1.79571854173901987068e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','2.92987 at evaluation 10');
INSERT INTO "optsweep_run_events" VALUES(15,1,3,'random-002','3b5718e64b3840948c76dbce56e9ede1','complete',1.79571854175201511384e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','2.89512');
INSERT INTO "optsweep_run_events" VALUES(16,1,4,'random-002-seed2','e4ea9665c93e4faaa7189ad9c3216d06','claimed',1.79571854179301261902e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','attempt 1');
INSERT INTO "optsweep_run_events" VALUES(17,1,4,'random-002-seed2','e4ea9665c93e4faaa7189ad9c3216d06','evaluated',1.79571854197301578525e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','2.94965 at evaluation 3');
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
INSERT INTO "optsweep_runs" VALUES(1,1,'short',0,NULL,'CPU worker 0','vm/3d1219c7c4c5/4026531836','4b9a15d0-8a45-4f1c-a066-3ca7c4195640',30302,396587,1795718540.37399,NULL,1,0,0,40,0,1.0,320,4.83984454999699664767e-01,3.13231706619262695312e+00,1.23393582231225707802e+05,3.34909479354205,40,3.34909479354205,'complete',NULL,1.79571853980199551579e+09,1795718540.37399);
INSERT INTO "optsweep_runs" VALUES(2,1,'random-001',2000000,NULL,'CPU worker 0','vm/3d1219c7c4c5/4026531836','4b9a15d0-8a45-4f1c-a066-3ca7c4195640',30302,396587,1.79571854118400359157e+09,NULL,1,0,0,80,0,1.0,320,7.24543530000119062606e-01,3.11989688873291,7.16791801749443839054e+04,2.93479672575057115579e+00,80,2.93479672575057115579e+00,'complete',NULL,1.79571854041100454333e+09,1.79571854118400359157e+09);
INSERT INTO "optsweep_runs" VALUES(3,1,'random-002',2000001,NULL,'CPU worker 0','vm/3d1219c7c4c5/4026531836','4b9a15d0-8a45-4f1c-a066-3ca7c4195640',30302,396587,1.79571854175201511384e+09,NULL,1,0,0,40,0,1.0,320,5.00510640999891620595e-01,2.89230823516845703125e+00,6.09496695797238644464e+04,2.89512072467387682195e+00,28,2.92987195906535280442e+00,'complete',NULL,1.79571854121401762961e+09,1.79571854175201511384e+09);
INSERT INTO "optsweep_runs" VALUES(4,1,'random-002-seed2',3000000,'e4ea9665c93e4faaa7189ad9c3216d06','CPU worker 0','vm/3d1219c7c4c5/4026531836','4b9a15d0-8a45-4f1c-a066-3ca7c4195640',30302,396587,1000000000.0,NULL,1,0,0,12,0,0.3,96,1.31530636000206868629e-01,2.91238474845886230468e+00,1.31668470479962154055e+05,2.94965409288604218929e+00,12,2.94965409288604218929e+00,NULL,NULL,1.79571854179301261902e+09,NULL);
INSERT INTO "optsweep_runs" VALUES(5,1,'repeat-002',4000001,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0,0,0,0,0.0,0,0.0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "optsweep_runs" VALUES(6,1,'repeat-003',4000002,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0,0,0,0,0.0,0,0.0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
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
INSERT INTO "study_user_attributes" VALUES(2,1,'optsweep:data','{"corpus": "@FOLDER@/data/proteins.pt", "fingerprint": "2ea64b4901242ee715720f8347483621", "content": "2b67da56fd53607fdc80dcd9eb10cd0b", "demo": false, "subset": "@FOLDER@/data/proteins_sweep.pt", "num_sequences": 80, "source_sequences": 80, "synthetic": true, "manifest": {"kind": "subset", "source": "proteins.pt", "source_size": 19681, "source_fingerprint": "2ea64b4901242ee715720f8347483621", "n": 10000, "seed": 42, "version": 2, "num_source": 80, "num_differing": 0, "rule": {"name": "demo families", "words": "the demo corpus'' own families"}, "num_left_out": 0, "notes": ["validation is one family of 5 sequences: none is smaller", "confirmation is one family of 6 sequences: none is smaller"], "synthetic": true, "source_manifest": {"kind": "corpus", "synthetic": true, "description": "synthetic protein families, evolved from random ancestors by a substitution model", "version": 1, "num_sequences": 80, "seed": 20250101}}, "weights": {"validation": [62, 62, 62, 62, 62], "confirmation": [62, 62, 62, 62, 62, 62]}, "training": {"sequences": 69, "residues": 4278}, "reference": {"unigram_entropy": 2.406289592610669, "composition_entropy": 2.3947942799413604}, "trains_on": null}');
INSERT INTO "study_user_attributes" VALUES(3,1,'optsweep:command','["optsweep", "sweep", "study.toml", "--data", "data/proteins.pt", "--name", "half", "--type", "random", "--cpu-workers", "1"]');
INSERT INTO "study_user_attributes" VALUES(4,1,'optsweep:created','1795718536.0278504');
INSERT INTO "study_user_attributes" VALUES(5,1,'optsweep:definition','{"name": "study", "study": {"type": "random", "trials": 5, "repeats": 3, "seed": 84, "message": ""}, "budget": {"num_evaluations": 10, "sequences": 320, "full_sequences": 3200, "scale": 1.0}, "pruner": {"kind": "percentile", "percentile": 90.0, "startup": 2, "warmup_fraction": 0.3, "minimum": 2, "others_best": true}, "sampler": {"startup": 5}, "settings": {"max_protein_len": 64, "precision": "fp32", "compile": false, "threads": 1, "num_training": null, "num_validation": null, "noise_seed": 0, "patience": true}, "notify": {"command": ""}, "trackers": {"tensorboard": false, "wandb": false, "mlflow": false}, "space": {"lr": {"low": 1e-05, "high": 0.03, "log": true}, "weight_decay": null, "decay": {"low": 0.001, "high": 1.0, "log": true}, "dropout": {"low": 0.0, "high": 0.3, "log": false}, "hidden_size": {"choices": [8]}, "head_dim": {"choices": [8]}, "n_blocks": {"choices": [1]}, "cond_dim": {"choices": [8]}, "effective_batch": {"choices": [4, 8]}, "ema_fraction": {"choices": [0.01, 0.03, 0.1]}, "beta2": {"choices": [0.95, 0.99, 0.999]}, "grad_clip": {"choices": [0.5, 1.0, 2.0]}, "warmup_fraction": {"low": 0.02, "high": 0.2, "log": false}, "schedule": {"choices": ["loglinear", "cosine"]}, "curriculum": {"choices": [false, true]}, "preschool_fraction": {"low": 0.05, "high": 0.3, "log": false}}, "presets": [{"name": "short", "lr": 0.001, "weight_decay": 0.01, "dropout": 0.05, "hidden_size": 8, "n_blocks": 1, "cond_dim": 8, "effective_batch": 8, "ema_fraction": 0.03, "beta2": 0.99, "grad_clip": 1.0, "schedule": "loglinear", "n_heads": 1, "micro_batch": 8, "sweep": {"iterations": 40, "warmup": 4, "preschool": 0}, "full": {"iterations": 400, "warmup": 40, "preschool": 0}}], "rounding": "width", "data": {"sequences": 40}, "evaluation": {"draws": 2}}');
INSERT INTO "study_user_attributes" VALUES(6,1,'optsweep:stop','null');
INSERT INTO "study_user_attributes" VALUES(7,1,'optsweep:target','6');
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
INSERT INTO "trial_intermediate_values" VALUES(1,1,1,3.85733746767652396769e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(2,1,2,3.7394679412104094851e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(3,1,3,3.6312837638241028948e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(4,1,4,3.54051461006880696658e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(5,1,5,3.46856837963740849417e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(6,1,6,3.41665621918913320342e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(7,1,7,3.38222164601636077208e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(8,1,8,3.3610515030624670274e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(9,1,9,3.35143767917114088206e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(10,1,10,3.34909479354205,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(11,2,1,3.00965030219237705821e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(12,2,2,2.99312994906572038544e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(13,2,3,2.97468742462204094323e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(14,2,4,2.96007292832266,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(15,2,5,2.94985003283551305841e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(16,2,6,2.9429420164831183726e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(17,2,7,2.93847045983790877698e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(18,2,8,2.93601353749443827467e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(19,2,9,2.93501826223061312859e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(20,2,10,2.93479672575057115579e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(21,3,1,3.08027466666853211307e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(22,3,2,3.01159480771910104124e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(23,3,3,2.96425342500353483643e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(24,3,4,2.96362402492486864957e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(25,3,5,2.94201559662615652612e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(26,3,6,2.89628312723281933216e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(27,3,7,2.89512072467387682195e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(28,3,8,2.91202492812303947999e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(29,3,9,2.92392410596668206324e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(30,3,10,2.92987195906535280442e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(31,4,1,3.04924428359010368794e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(32,4,2,3.00372032377984954365e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(33,4,3,2.94965409288604218929e+00,'FINITE');
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
INSERT INTO "trial_params" VALUES(1,1,'lr',0.001,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.03, "log": true}}');
INSERT INTO "trial_params" VALUES(2,1,'decay',0.001,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 1.0, "log": true}}');
INSERT INTO "trial_params" VALUES(3,1,'dropout',0.05,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.3, "log": false}}');
INSERT INTO "trial_params" VALUES(4,1,'hidden_size',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO "trial_params" VALUES(5,1,'head_dim',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO "trial_params" VALUES(6,1,'n_blocks',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [1]}}');
INSERT INTO "trial_params" VALUES(7,1,'cond_dim',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO "trial_params" VALUES(8,1,'effective_batch',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [4, 8]}}');
INSERT INTO "trial_params" VALUES(9,1,'ema_fraction',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.01, 0.03, 0.1]}}');
INSERT INTO "trial_params" VALUES(10,1,'beta2',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.95, 0.99, 0.999]}}');
INSERT INTO "trial_params" VALUES(11,1,'grad_clip',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.5, 1.0, 2.0]}}');
INSERT INTO "trial_params" VALUES(12,1,'warmup_fraction',0.1,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.02, "high": 0.2, "log": false}}');
INSERT INTO "trial_params" VALUES(13,1,'schedule',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["loglinear", "cosine"]}}');
INSERT INTO "trial_params" VALUES(14,1,'curriculum',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [false, true]}}');
INSERT INTO "trial_params" VALUES(15,2,'lr',0.000142,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.03, "log": true}}');
INSERT INTO "trial_params" VALUES(16,2,'decay',0.268,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 1.0, "log": true}}');
INSERT INTO "trial_params" VALUES(17,2,'dropout',0.171,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.3, "log": false}}');
INSERT INTO "trial_params" VALUES(18,2,'hidden_size',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO "trial_params" VALUES(19,2,'head_dim',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO "trial_params" VALUES(20,2,'n_blocks',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [1]}}');
INSERT INTO "trial_params" VALUES(21,2,'cond_dim',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO "trial_params" VALUES(22,2,'effective_batch',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [4, 8]}}');
INSERT INTO "trial_params" VALUES(23,2,'ema_fraction',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.01, 0.03, 0.1]}}');
INSERT INTO "trial_params" VALUES(24,2,'beta2',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.95, 0.99, 0.999]}}');
INSERT INTO "trial_params" VALUES(25,2,'grad_clip',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.5, 1.0, 2.0]}}');
INSERT INTO "trial_params" VALUES(26,2,'warmup_fraction',0.199,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.02, "high": 0.2, "log": false}}');
INSERT INTO "trial_params" VALUES(27,2,'schedule',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["loglinear", "cosine"]}}');
INSERT INTO "trial_params" VALUES(28,2,'curriculum',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [false, true]}}');
INSERT INTO "trial_params" VALUES(29,2,'preschool_fraction',0.113,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.05, "high": 0.3, "log": false}}');
INSERT INTO "trial_params" VALUES(30,3,'lr',0.0119,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.03, "log": true}}');
INSERT INTO "trial_params" VALUES(31,3,'decay',0.00481,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 1.0, "log": true}}');
INSERT INTO "trial_params" VALUES(32,3,'dropout',0.0744,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.3, "log": false}}');
INSERT INTO "trial_params" VALUES(33,3,'hidden_size',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO "trial_params" VALUES(34,3,'head_dim',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO "trial_params" VALUES(35,3,'n_blocks',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [1]}}');
INSERT INTO "trial_params" VALUES(36,3,'cond_dim',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO "trial_params" VALUES(37,3,'effective_batch',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [4, 8]}}');
INSERT INTO "trial_params" VALUES(38,3,'ema_fraction',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.01, 0.03, 0.1]}}');
INSERT INTO "trial_params" VALUES(39,3,'beta2',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.95, 0.99, 0.999]}}');
INSERT INTO "trial_params" VALUES(40,3,'grad_clip',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.5, 1.0, 2.0]}}');
INSERT INTO "trial_params" VALUES(41,3,'warmup_fraction',0.108,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.02, "high": 0.2, "log": false}}');
INSERT INTO "trial_params" VALUES(42,3,'schedule',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["loglinear", "cosine"]}}');
INSERT INTO "trial_params" VALUES(43,3,'curriculum',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [false, true]}}');
INSERT INTO "trial_params" VALUES(44,4,'lr',0.0119,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.03, "log": true}}');
INSERT INTO "trial_params" VALUES(45,4,'decay',0.00481,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 1.0, "log": true}}');
INSERT INTO "trial_params" VALUES(46,4,'dropout',0.0744,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.3, "log": false}}');
INSERT INTO "trial_params" VALUES(47,4,'hidden_size',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO "trial_params" VALUES(48,4,'head_dim',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO "trial_params" VALUES(49,4,'n_blocks',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [1]}}');
INSERT INTO "trial_params" VALUES(50,4,'cond_dim',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO "trial_params" VALUES(51,4,'effective_batch',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [4, 8]}}');
INSERT INTO "trial_params" VALUES(52,4,'ema_fraction',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.01, 0.03, 0.1]}}');
INSERT INTO "trial_params" VALUES(53,4,'beta2',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.95, 0.99, 0.999]}}');
INSERT INTO "trial_params" VALUES(54,4,'grad_clip',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.5, 1.0, 2.0]}}');
INSERT INTO "trial_params" VALUES(55,4,'warmup_fraction',0.108,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.02, "high": 0.2, "log": false}}');
INSERT INTO "trial_params" VALUES(56,4,'schedule',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["loglinear", "cosine"]}}');
INSERT INTO "trial_params" VALUES(57,4,'curriculum',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [false, true]}}');
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
INSERT INTO "trial_user_attributes" VALUES(1,1,'optsweep:run','"short"');
INSERT INTO "trial_user_attributes" VALUES(2,1,'optsweep:index','0');
INSERT INTO "trial_user_attributes" VALUES(3,1,'optsweep:source','"preset"');
INSERT INTO "trial_user_attributes" VALUES(4,1,'optsweep:preset','"short"');
INSERT INTO "trial_user_attributes" VALUES(5,1,'optsweep:fixed','{"lr": 0.001, "decay": 0.001, "dropout": 0.05, "hidden_size": 8, "head_dim": 8, "n_blocks": 1, "cond_dim": 8, "effective_batch": 8, "ema_fraction": 0.03, "beta2": 0.99, "grad_clip": 1.0, "warmup_fraction": 0.1, "schedule": "loglinear", "curriculum": false}');
INSERT INTO "trial_user_attributes" VALUES(6,2,'optsweep:run','"random-001"');
INSERT INTO "trial_user_attributes" VALUES(7,2,'optsweep:index','1');
INSERT INTO "trial_user_attributes" VALUES(8,2,'optsweep:source','"random"');
INSERT INTO "trial_user_attributes" VALUES(9,2,'optsweep:preset','null');
INSERT INTO "trial_user_attributes" VALUES(10,2,'optsweep:fixed','{}');
INSERT INTO "trial_user_attributes" VALUES(11,3,'optsweep:run','"random-002"');
INSERT INTO "trial_user_attributes" VALUES(12,3,'optsweep:index','2');
INSERT INTO "trial_user_attributes" VALUES(13,3,'optsweep:source','"random"');
INSERT INTO "trial_user_attributes" VALUES(14,3,'optsweep:preset','null');
INSERT INTO "trial_user_attributes" VALUES(15,3,'optsweep:fixed','{}');
INSERT INTO "trial_user_attributes" VALUES(16,4,'optsweep:run','"random-002-seed2"');
INSERT INTO "trial_user_attributes" VALUES(17,4,'optsweep:index','0');
INSERT INTO "trial_user_attributes" VALUES(18,4,'optsweep:source','"repeat"');
INSERT INTO "trial_user_attributes" VALUES(19,4,'optsweep:preset','null');
INSERT INTO "trial_user_attributes" VALUES(20,4,'optsweep:fixed','{}');
INSERT INTO "trial_user_attributes" VALUES(21,5,'optsweep:run','"repeat-002"');
INSERT INTO "trial_user_attributes" VALUES(22,5,'optsweep:index','1');
INSERT INTO "trial_user_attributes" VALUES(23,5,'optsweep:source','"repeat"');
INSERT INTO "trial_user_attributes" VALUES(24,5,'optsweep:preset','null');
INSERT INTO "trial_user_attributes" VALUES(25,5,'optsweep:fixed','{}');
INSERT INTO "trial_user_attributes" VALUES(26,6,'optsweep:run','"repeat-003"');
INSERT INTO "trial_user_attributes" VALUES(27,6,'optsweep:index','2');
INSERT INTO "trial_user_attributes" VALUES(28,6,'optsweep:source','"repeat"');
INSERT INTO "trial_user_attributes" VALUES(29,6,'optsweep:preset','null');
INSERT INTO "trial_user_attributes" VALUES(30,6,'optsweep:fixed','{}');
INSERT INTO "trial_user_attributes" VALUES(31,1,'optsweep:config','{"model": {"hidden_size": 8, "n_heads": 1, "n_blocks": 1, "dropout": 0.05, "cond_dim": 8}, "training": {"n_iters": 40, "effective_batch": 8, "micro_batch": 8, "ema_fraction": 0.03, "seed": 1094814236, "precision": "fp32", "compile": false, "threads": 1, "patience": true}, "optim": {"lr": 0.001, "warmup": 4, "weight_decay": 0.01, "beta2": 0.99, "grad_clip": 1.0}, "noise": {"schedule": "loglinear"}, "curriculum": {"enabled": false, "preschool_time": 0}, "data": {"max_protein_len": 64, "num_sequences": 40}, "evaluation": {"every_sequences": 32, "num_evaluations": null, "num_sequences": null, "noise_seed": 0, "draws": 2}, "provenance": {"study": "half", "run": "short", "source": "preset", "trial": 0, "subset": "@FOLDER@/data/proteins_sweep.pt", "optsweep": "0.1.0", "torch": "2.13.0+cpu", "full": {"n_iters": 400, "warmup": 40, "preschool_time": 0}}}');
INSERT INTO "trial_user_attributes" VALUES(32,2,'optsweep:config','{"model": {"hidden_size": 8, "n_heads": 1, "n_blocks": 1, "dropout": 0.171, "cond_dim": 8}, "training": {"n_iters": 80, "effective_batch": 4, "micro_batch": "auto", "ema_fraction": 0.01, "seed": 1091901291, "precision": "fp32", "compile": false, "threads": 1, "patience": true}, "optim": {"lr": 0.000142, "warmup": 16, "weight_decay": 45.68132503115024, "beta2": 0.999, "grad_clip": 2.0}, "noise": {"schedule": "loglinear"}, "curriculum": {"enabled": true, "preschool_time": 9}, "data": {"max_protein_len": 64, "num_sequences": 40}, "evaluation": {"every_sequences": 32, "num_evaluations": null, "num_sequences": null, "noise_seed": 0, "draws": 2}, "provenance": {"study": "half", "run": "random-001", "source": "random", "trial": 1, "subset": "@FOLDER@/data/proteins_sweep.pt", "optsweep": "0.1.0", "torch": "2.13.0+cpu", "full": {"n_iters": 800, "warmup": 159, "preschool_time": 90}}}');
INSERT INTO "trial_user_attributes" VALUES(33,3,'optsweep:config','{"model": {"hidden_size": 8, "n_heads": 1, "n_blocks": 1, "dropout": 0.0744, "cond_dim": 8}, "training": {"n_iters": 40, "effective_batch": 8, "micro_batch": "auto", "ema_fraction": 0.1, "seed": 657124449, "precision": "fp32", "compile": false, "threads": 1, "patience": true}, "optim": {"lr": 0.0119, "warmup": 4, "weight_decay": 0.01908862718641175, "beta2": 0.99, "grad_clip": 0.5}, "noise": {"schedule": "loglinear"}, "curriculum": {"enabled": false, "preschool_time": 0}, "data": {"max_protein_len": 64, "num_sequences": 40}, "evaluation": {"every_sequences": 32, "num_evaluations": null, "num_sequences": null, "noise_seed": 0, "draws": 2}, "provenance": {"study": "half", "run": "random-002", "source": "random", "trial": 2, "subset": "@FOLDER@/data/proteins_sweep.pt", "optsweep": "0.1.0", "torch": "2.13.0+cpu", "full": {"n_iters": 400, "warmup": 43, "preschool_time": 0}}}');
INSERT INTO "trial_user_attributes" VALUES(34,4,'optsweep:repeat_of','"random-002"');
INSERT INTO "trial_user_attributes" VALUES(35,4,'optsweep:after_choice','false');
INSERT INTO "trial_user_attributes" VALUES(36,4,'optsweep:config','{"model": {"hidden_size": 8, "n_heads": 1, "n_blocks": 1, "dropout": 0.0744, "cond_dim": 8}, "training": {"n_iters": 40, "effective_batch": 8, "micro_batch": "auto", "ema_fraction": 0.1, "seed": 1231564898, "precision": "fp32", "compile": false, "threads": 1, "patience": true}, "optim": {"lr": 0.0119, "warmup": 4, "weight_decay": 0.01908862718641175, "beta2": 0.99, "grad_clip": 0.5}, "noise": {"schedule": "loglinear"}, "curriculum": {"enabled": false, "preschool_time": 0}, "data": {"max_protein_len": 64, "num_sequences": 40}, "evaluation": {"every_sequences": 32, "num_evaluations": null, "num_sequences": null, "noise_seed": 0, "draws": 2}, "provenance": {"study": "half", "run": "random-002-seed2", "source": "random", "trial": 3, "subset": "@FOLDER@/data/proteins_sweep.pt", "optsweep": "0.1.0", "torch": "2.13.0+cpu", "full": {"n_iters": 400, "warmup": 43, "preschool_time": 0}, "repeat_of": "random-002"}}');
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
INSERT INTO "trial_values" VALUES(1,1,0,3.34909479354205,'FINITE');
INSERT INTO "trial_values" VALUES(2,2,0,2.93479672575057115579e+00,'FINITE');
INSERT INTO "trial_values" VALUES(3,3,0,2.89512072467387682195e+00,'FINITE');
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
INSERT INTO "trials" VALUES(1,0,1,'COMPLETE','2026-11-26 18:42:19.808334','2026-11-26 18:42:20.375571');
INSERT INTO "trials" VALUES(2,1,1,'COMPLETE','2026-11-26 18:42:20.412873','2026-11-26 18:42:21.185391');
INSERT INTO "trials" VALUES(3,2,1,'COMPLETE','2026-11-26 18:42:21.215297','2026-11-26 18:42:21.753162');
INSERT INTO "trials" VALUES(4,3,1,'RUNNING','2026-11-26 18:42:21.799233',NULL);
INSERT INTO "trials" VALUES(5,4,1,'WAITING',NULL,NULL);
INSERT INTO "trials" VALUES(6,5,1,'WAITING',NULL,NULL);
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
