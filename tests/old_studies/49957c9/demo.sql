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
INSERT INTO "optsweep_run_events" VALUES(1,1,1,'small_fast','','planned',1.79568889805398273465e+09,NULL,NULL,NULL);
INSERT INTO "optsweep_run_events" VALUES(2,1,2,'medium_rigorous','','planned',1.79568889805398273465e+09,NULL,NULL,NULL);
INSERT INTO "optsweep_run_events" VALUES(3,1,3,'large_quality','','planned',1.79568889805398273465e+09,NULL,NULL,NULL);
INSERT INTO "optsweep_run_events" VALUES(4,1,4,'high_lr_experiment','','planned',1.79568889805398273465e+09,NULL,NULL,NULL);
INSERT INTO "optsweep_run_events" VALUES(5,1,5,'curriculum_focus','','planned',1.79568889805398273465e+09,NULL,NULL,NULL);
INSERT INTO "optsweep_run_events" VALUES(6,1,6,'tpe-001','','planned',1.79568889805398273465e+09,NULL,NULL,NULL);
INSERT INTO "optsweep_run_events" VALUES(7,1,7,'tpe-002','','planned',1.79568889805398273465e+09,NULL,NULL,NULL);
INSERT INTO "optsweep_run_events" VALUES(8,1,8,'tpe-003','','planned',1.79568889805398273465e+09,NULL,NULL,NULL);
INSERT INTO "optsweep_run_events" VALUES(9,1,9,'tpe-004','','planned',1.79568889805398273465e+09,NULL,NULL,NULL);
INSERT INTO "optsweep_run_events" VALUES(10,1,10,'tpe-005','','planned',1.79568889805398273465e+09,NULL,NULL,NULL);
INSERT INTO "optsweep_run_events" VALUES(11,1,11,'tpe-006','','planned',1.79568889805398273465e+09,NULL,NULL,NULL);
INSERT INTO "optsweep_run_events" VALUES(12,1,12,'tpe-007','','planned',1.79568889805398273465e+09,NULL,NULL,NULL);
INSERT INTO "optsweep_run_events" VALUES(13,1,3,'large_quality','2535706797c34900aaf78c0cfb5399cd','claimed',1.79568890186301469797e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','attempt 1');
INSERT INTO "optsweep_run_events" VALUES(14,1,3,'large_quality','2535706797c34900aaf78c0cfb5399cd','evaluated',1.79568891124598526949e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','2.84955 at evaluation 3');
INSERT INTO "optsweep_run_events" VALUES(15,1,3,'large_quality','2535706797c34900aaf78c0cfb5399cd','handed back',1.79568891129201197625e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','asked to leave by SIGTERM');
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
INSERT INTO "optsweep_runs" VALUES(1,1,'small_fast',4,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0,0,0,0,0.0,0,0.0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "optsweep_runs" VALUES(2,1,'medium_rigorous',2,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0,0,0,0,0.0,0,0.0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "optsweep_runs" VALUES(3,1,'large_quality',0,NULL,'CPU worker 0','vm/3d1219c7c4c5/4026531836','6d737759-62d1-4d1e-a437-d34bdaebcc04',26345,163129,1.79568891129201197625e+09,NULL,1,0,1,69,69,9.06666666666666731799e-02,552,9.33137809200002266152e+00,2.85610716683524,8.40140682347297479241e+03,2.84954586122923814173e+00,68,2.84954586122923814173e+00,NULL,'asked to leave by SIGTERM',1.79568890186301469797e+09,1.79568891129201197625e+09);
INSERT INTO "optsweep_runs" VALUES(4,1,'high_lr_experiment',3,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0,0,0,0,0.0,0,0.0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "optsweep_runs" VALUES(5,1,'curriculum_focus',1,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0,0,0,0,0.0,0,0.0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "optsweep_runs" VALUES(6,1,'tpe-001',2000000,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0,0,0,0,0.0,0,0.0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "optsweep_runs" VALUES(7,1,'tpe-002',2000001,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0,0,0,0,0.0,0,0.0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "optsweep_runs" VALUES(8,1,'tpe-003',2000002,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0,0,0,0,0.0,0,0.0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "optsweep_runs" VALUES(9,1,'tpe-004',2000003,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0,0,0,0,0.0,0,0.0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "optsweep_runs" VALUES(10,1,'tpe-005',2000004,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0,0,0,0,0.0,0,0.0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "optsweep_runs" VALUES(11,1,'tpe-006',2000005,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0,0,0,0,0.0,0,0.0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
INSERT INTO "optsweep_runs" VALUES(12,1,'tpe-007',2000006,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,0,0,0,0,0,0.0,0,0.0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL);
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
INSERT INTO "studies" VALUES(1,'demo');
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
INSERT INTO "study_user_attributes" VALUES(2,1,'optsweep:data','{"corpus": "@FOLDER@/data/demo.pt", "fingerprint": "7d168c1e512557fa8fb426f9af4c999b", "content": "a48e3f5851f918aae4b739c2c93b8d1c", "demo": true, "subset": "@FOLDER@/data/demo_sweep.pt", "num_sequences": 10000, "source_sequences": 12000, "synthetic": true, "manifest": {"kind": "subset", "source": "demo.pt", "source_size": 2268607, "source_fingerprint": "7d168c1e512557fa8fb426f9af4c999b", "n": 10000, "seed": 42, "version": 2, "num_source": 12000, "num_differing": 0, "rule": {"name": "demo families", "words": "the demo corpus'' own families"}, "num_left_out": 0, "notes": [], "synthetic": true, "source_manifest": {"kind": "corpus", "synthetic": true, "description": "synthetic protein families, evolved from random ancestors by a substitution model", "version": 1, "num_sequences": 12000, "seed": 20250101}}, "weights": {"validation": [126, 126, 126, 126, 77, 71, 114, 126, 124, 126, 97, 126, 126, 126, 126, 73, 126, 40, 126, 95, 126, 111, 126, 126, 69, 76, 126, 126, 126, 76, 126, 126, 72, 126, 126, 126, 120, 97, 30, 126, 126, 126, 103, 82, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 65, 126, 126, 126, 126, 126, 77, 126, 126, 126, 84, 35, 113, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 65, 126, 105, 126, 126, 112, 79, 41, 71, 126, 79, 126, 86, 126, 126, 100, 126, 126, 46, 36, 104, 106, 126, 126, 126, 126, 126, 126, 126, 126, 126, 69, 95, 126, 126, 126, 126, 71, 126, 111, 126, 126, 35, 126, 126, 126, 126, 67, 126, 126, 126, 126, 126, 75, 78, 126, 69, 43, 126, 126, 126, 126, 110, 63, 89, 109, 71, 126, 126, 99, 126, 126, 126, 84, 126, 126, 126, 73, 126, 126, 126, 126, 125, 126, 126, 126, 126, 126, 126, 123, 109, 126, 108, 126, 126, 126, 126, 36, 126, 126, 126, 83, 74, 126, 126, 126, 126, 47, 126, 109, 126, 126, 126, 126, 126, 126, 126, 96, 74, 80, 126, 126, 126, 126, 71, 126, 114, 126, 126, 126, 63, 126, 126, 126, 126, 126, 111, 126, 126, 126, 126, 76, 39, 71, 126, 126, 126, 69, 80, 99, 126, 126, 126, 73, 106, 126, 77, 112, 126, 126, 126, 126, 126, 126, 126, 126, 126, 107, 126, 126, 126, 36, 36, 126, 95, 126, 126, 126, 126, 126, 126, 112, 126, 126, 126, 126, 126, 76, 126, 126, 126, 126, 126, 94, 126, 121, 126, 118, 126, 94, 126, 112, 126, 126, 126, 126, 126, 126, 126, 113, 114, 126, 106, 126, 126, 126, 126, 126, 119, 126, 126, 126, 113, 126, 114, 126, 126, 126, 126, 69, 126, 126, 126, 126, 91, 126, 104, 126, 126, 126, 122, 126, 126, 126, 126, 126, 110, 126, 68, 108, 126, 97, 126, 126, 126, 88, 126, 109, 126, 122, 47, 126, 126, 126, 126, 126, 126, 48, 126, 126, 77, 126, 126, 126, 106, 73, 93, 69, 126, 126, 126, 106, 126, 82, 30, 73, 126, 126, 126, 126, 31, 101, 126, 82, 126, 126, 126, 126, 126, 126, 92, 126, 126, 126, 126, 126, 126, 81, 126, 126, 126, 65, 126, 126, 110, 126, 126, 106, 126, 119, 123, 126, 98, 77, 71, 126, 106, 126, 126, 126, 120, 112, 126, 110, 126, 126, 126, 126, 67, 126, 115, 126, 73, 126, 72, 112, 107, 66, 126, 126, 126, 126, 126, 126, 47, 126, 126, 111, 100, 75, 126, 126, 44, 102, 126, 90, 75, 77, 126, 47, 126, 68, 116, 126, 126, 126, 68, 126, 108, 72, 126, 110, 126, 126, 114, 126, 126, 126, 110, 126, 126, 126, 126, 126, 114, 84, 126, 101, 126, 120, 111, 71, 126, 126, 126, 126, 103, 126, 126, 118, 126, 126, 108, 126, 126, 126, 76, 126, 126, 126, 85, 96, 66], "confirmation": [126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 105, 126, 126, 121, 94, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 99, 106, 126, 126, 126, 89, 126, 126, 97, 94, 126, 126, 126, 126, 48, 126, 126, 126, 126, 126, 126, 126, 110, 126, 120, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 115, 126, 119, 126, 100, 126, 126, 126, 126, 126, 126, 126, 63, 126, 126, 126, 126, 126, 92, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 114, 94, 126, 58, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 115, 126, 60, 126, 126, 126, 126, 126, 126, 126, 126, 89, 126, 107, 126, 126, 126, 126, 126, 85, 126, 126, 126, 126, 126, 57, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 98, 97, 126, 126, 126, 126, 84, 126, 126, 109, 126, 126, 126, 126, 126, 126, 126, 126, 126, 110, 126, 126, 117, 126, 126, 126, 52, 126, 126, 126, 126, 123, 126, 126, 124, 126, 126, 126, 126, 126, 126, 126, 47, 126, 126, 126, 126, 126, 126, 126, 126, 126, 123, 106, 110, 116, 126, 126, 126, 126, 122, 126, 126, 114, 126, 126, 126, 126, 126, 126, 126, 59, 126, 126, 83, 126, 96, 126, 126, 126, 126, 126, 117, 56, 118, 126, 126, 126, 126, 53, 126, 96, 126, 81, 126, 126, 126, 126, 119, 126, 126, 126, 126, 118, 126, 126, 126, 126, 126, 126, 126, 126, 109, 126, 126, 126, 126, 126, 126, 120, 126, 126, 126, 112, 99, 126, 126, 126, 101, 126, 126, 126, 126, 126, 89, 126, 126, 126, 107, 126, 126, 126, 97, 126, 126, 126, 85, 126, 55, 52, 97, 126, 126, 126, 126, 126, 126, 113, 126, 126, 126, 126, 111, 126, 126, 126, 126, 77, 126, 126, 126, 126, 126, 112, 126, 102, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 111, 126, 53, 119, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 121, 126, 126, 126, 126, 126, 126, 126, 126, 115, 126, 126, 126, 126, 126, 126, 126, 126, 126, 90, 126, 126, 126, 126, 126, 126, 124, 126, 126, 90, 126, 126, 126, 126, 51, 91, 126, 126, 126, 90, 126, 56, 126, 126, 126, 126, 119, 126, 126, 126, 117, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 126, 47, 108, 126, 126, 76, 85, 126, 126, 126, 126, 126, 126, 126, 126, 126, 118, 126, 120, 126, 126, 78, 126, 88, 126, 126, 126, 126, 109, 126, 113, 103, 126, 52, 126, 103, 126, 126, 126, 126, 126, 126, 126, 102, 126, 126, 126, 124, 126, 126, 126, 126, 126, 126, 126, 126, 125]}, "reference": {"unigram_entropy": 2.8676900746724816, "composition_entropy": 2.7041142936612146}}');
INSERT INTO "study_user_attributes" VALUES(3,1,'optsweep:command','["optsweep", "sweep", "demo", "--cpu-workers", "1"]');
INSERT INTO "study_user_attributes" VALUES(4,1,'optsweep:created','1795688898.0704486');
INSERT INTO "study_user_attributes" VALUES(5,1,'optsweep:definition','{"name": "demo", "study": {"type": "tpe", "trials": 7, "seed": 42, "message": ""}, "budget": {"num_evaluations": 20, "sequences": 3600, "full_sequences": 12000, "scale": 1.0}, "pruner": {"kind": "median", "percentile": 25.0, "startup": 5, "warmup_fraction": 0.3, "minimum": 3}, "sampler": {"startup": 6}, "settings": {"max_protein_len": 128, "precision": "fp32", "compile": false, "threads": null, "num_training": null, "num_validation": null, "noise_seed": 0}, "notify": {"command": ""}, "trackers": {"tensorboard": false, "wandb": false, "mlflow": false}, "space": {"lr": {"low": 0.0003, "high": 0.01, "log": true}, "weight_decay": {"low": 0.005, "high": 0.2, "log": true}, "dropout": {"low": 0.0, "high": 0.3, "log": false}, "hidden_size": {"choices": [32, 48, 64]}, "head_dim": {"choices": [8, 16]}, "n_blocks": {"choices": [1, 2, 3]}, "cond_dim": {"choices": [16, 32, 64]}, "effective_batch": {"choices": [8, 16, 32]}, "ema_fraction": {"choices": [0.01, 0.03, 0.1]}, "beta2": {"choices": [0.95, 0.99, 0.999]}, "grad_clip": {"choices": [0.5, 1.0, 2.0]}, "warmup_fraction": {"low": 0.02, "high": 0.2, "log": false}, "schedule": {"choices": ["loglinear", "cosine"]}, "curriculum": {"choices": [false, true]}, "preschool_fraction": {"low": 0.05, "high": 0.3, "log": false}}, "presets": [{"name": "small_fast", "lr": 0.005, "weight_decay": 0.01, "dropout": 0.05, "hidden_size": 32, "n_blocks": 1, "cond_dim": 16, "effective_batch": 8, "ema_fraction": 0.03, "beta2": 0.99, "grad_clip": 1.0, "schedule": "loglinear", "n_heads": 2, "micro_batch": 8, "sweep": {"iterations": 375, "warmup": 38, "preschool": 0}, "full": {"iterations": 750, "warmup": 75, "preschool": 0}}, {"name": "medium_rigorous", "lr": 0.002, "weight_decay": 0.01, "dropout": 0.1, "hidden_size": 48, "n_blocks": 2, "cond_dim": 32, "effective_batch": 8, "ema_fraction": 0.03, "beta2": 0.99, "grad_clip": 1.0, "schedule": "loglinear", "n_heads": 3, "micro_batch": 8, "sweep": {"iterations": 600, "warmup": 60, "preschool": 0}, "full": {"iterations": 1500, "warmup": 150, "preschool": 0}}, {"name": "large_quality", "lr": 0.001, "weight_decay": 0.01, "dropout": 0.05, "hidden_size": 64, "n_blocks": 2, "cond_dim": 64, "effective_batch": 8, "ema_fraction": 0.03, "beta2": 0.99, "grad_clip": 1.0, "schedule": "loglinear", "n_heads": 4, "micro_batch": 4, "sweep": {"iterations": 750, "warmup": 75, "preschool": 0}, "full": {"iterations": 3000, "warmup": 225, "preschool": 0}}, {"name": "high_lr_experiment", "lr": 0.008, "weight_decay": 0.05, "dropout": 0.1, "hidden_size": 48, "n_blocks": 2, "cond_dim": 32, "effective_batch": 8, "ema_fraction": 0.03, "beta2": 0.99, "grad_clip": 1.0, "schedule": "loglinear", "n_heads": 3, "micro_batch": 8, "sweep": {"iterations": 450, "warmup": 30, "preschool": 0}, "full": {"iterations": 1125, "warmup": 75, "preschool": 0}}, {"name": "curriculum_focus", "lr": 0.004, "weight_decay": 0.01, "dropout": 0.05, "hidden_size": 48, "n_blocks": 2, "cond_dim": 32, "effective_batch": 8, "ema_fraction": 0.03, "beta2": 0.99, "grad_clip": 1.0, "schedule": "loglinear", "n_heads": 3, "micro_batch": 8, "sweep": {"iterations": 675, "warmup": 45, "preschool": 90}, "full": {"iterations": 2250, "warmup": 150, "preschool": 300}}], "rounding": "width"}');
INSERT INTO "study_user_attributes" VALUES(6,1,'optsweep:stop','null');
INSERT INTO "study_user_attributes" VALUES(7,1,'optsweep:target','12');
INSERT INTO "study_user_attributes" VALUES(8,1,'optsweep:deadline','null');
INSERT INTO "study_user_attributes" VALUES(9,1,'optsweep:max_gpu_hours','null');
INSERT INTO "study_user_attributes" VALUES(10,1,'optsweep:last_end','{"reason": "asked to leave by SIGINT"}');
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
INSERT INTO "trial_intermediate_values" VALUES(1,3,1,2.94425086834134308588e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(2,3,2,2.88463579508334433398e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(3,3,3,2.84954586122923814173e+00,'FINITE');
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
INSERT INTO "trial_params" VALUES(1,3,'lr',0.001,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0003, "high": 0.01, "log": true}}');
INSERT INTO "trial_params" VALUES(2,3,'weight_decay',0.01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.005, "high": 0.2, "log": true}}');
INSERT INTO "trial_params" VALUES(3,3,'dropout',0.05,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.3, "log": false}}');
INSERT INTO "trial_params" VALUES(4,3,'hidden_size',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [32, 48, 64]}}');
INSERT INTO "trial_params" VALUES(5,3,'head_dim',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [8, 16]}}');
INSERT INTO "trial_params" VALUES(6,3,'n_blocks',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [1, 2, 3]}}');
INSERT INTO "trial_params" VALUES(7,3,'cond_dim',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 32, 64]}}');
INSERT INTO "trial_params" VALUES(8,3,'effective_batch',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [8, 16, 32]}}');
INSERT INTO "trial_params" VALUES(9,3,'ema_fraction',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.01, 0.03, 0.1]}}');
INSERT INTO "trial_params" VALUES(10,3,'beta2',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.95, 0.99, 0.999]}}');
INSERT INTO "trial_params" VALUES(11,3,'grad_clip',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.5, 1.0, 2.0]}}');
INSERT INTO "trial_params" VALUES(12,3,'warmup_fraction',0.1,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.02, "high": 0.2, "log": false}}');
INSERT INTO "trial_params" VALUES(13,3,'schedule',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["loglinear", "cosine"]}}');
INSERT INTO "trial_params" VALUES(14,3,'curriculum',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [false, true]}}');
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
INSERT INTO "trial_user_attributes" VALUES(1,1,'optsweep:run','"small_fast"');
INSERT INTO "trial_user_attributes" VALUES(2,1,'optsweep:index','0');
INSERT INTO "trial_user_attributes" VALUES(3,1,'optsweep:source','"preset"');
INSERT INTO "trial_user_attributes" VALUES(4,1,'optsweep:preset','"small_fast"');
INSERT INTO "trial_user_attributes" VALUES(5,1,'optsweep:fixed','{"lr": 0.005, "weight_decay": 0.01, "dropout": 0.05, "hidden_size": 32, "head_dim": 16, "n_blocks": 1, "cond_dim": 16, "effective_batch": 8, "ema_fraction": 0.03, "beta2": 0.99, "grad_clip": 1.0, "warmup_fraction": 0.10133333333333333, "schedule": "loglinear", "curriculum": false}');
INSERT INTO "trial_user_attributes" VALUES(6,2,'optsweep:run','"medium_rigorous"');
INSERT INTO "trial_user_attributes" VALUES(7,2,'optsweep:index','1');
INSERT INTO "trial_user_attributes" VALUES(8,2,'optsweep:source','"preset"');
INSERT INTO "trial_user_attributes" VALUES(9,2,'optsweep:preset','"medium_rigorous"');
INSERT INTO "trial_user_attributes" VALUES(10,2,'optsweep:fixed','{"lr": 0.002, "weight_decay": 0.01, "dropout": 0.1, "hidden_size": 48, "head_dim": 16, "n_blocks": 2, "cond_dim": 32, "effective_batch": 8, "ema_fraction": 0.03, "beta2": 0.99, "grad_clip": 1.0, "warmup_fraction": 0.1, "schedule": "loglinear", "curriculum": false}');
INSERT INTO "trial_user_attributes" VALUES(11,3,'optsweep:run','"large_quality"');
INSERT INTO "trial_user_attributes" VALUES(12,3,'optsweep:index','2');
INSERT INTO "trial_user_attributes" VALUES(13,3,'optsweep:source','"preset"');
INSERT INTO "trial_user_attributes" VALUES(14,3,'optsweep:preset','"large_quality"');
INSERT INTO "trial_user_attributes" VALUES(15,3,'optsweep:fixed','{"lr": 0.001, "weight_decay": 0.01, "dropout": 0.05, "hidden_size": 64, "head_dim": 16, "n_blocks": 2, "cond_dim": 64, "effective_batch": 8, "ema_fraction": 0.03, "beta2": 0.99, "grad_clip": 1.0, "warmup_fraction": 0.1, "schedule": "loglinear", "curriculum": false}');
INSERT INTO "trial_user_attributes" VALUES(16,4,'optsweep:run','"high_lr_experiment"');
INSERT INTO "trial_user_attributes" VALUES(17,4,'optsweep:index','3');
INSERT INTO "trial_user_attributes" VALUES(18,4,'optsweep:source','"preset"');
INSERT INTO "trial_user_attributes" VALUES(19,4,'optsweep:preset','"high_lr_experiment"');
INSERT INTO "trial_user_attributes" VALUES(20,4,'optsweep:fixed','{"lr": 0.008, "weight_decay": 0.05, "dropout": 0.1, "hidden_size": 48, "head_dim": 16, "n_blocks": 2, "cond_dim": 32, "effective_batch": 8, "ema_fraction": 0.03, "beta2": 0.99, "grad_clip": 1.0, "warmup_fraction": 0.06666666666666667, "schedule": "loglinear", "curriculum": false}');
INSERT INTO "trial_user_attributes" VALUES(21,5,'optsweep:run','"curriculum_focus"');
INSERT INTO "trial_user_attributes" VALUES(22,5,'optsweep:index','4');
INSERT INTO "trial_user_attributes" VALUES(23,5,'optsweep:source','"preset"');
INSERT INTO "trial_user_attributes" VALUES(24,5,'optsweep:preset','"curriculum_focus"');
INSERT INTO "trial_user_attributes" VALUES(25,5,'optsweep:fixed','{"lr": 0.004, "weight_decay": 0.01, "dropout": 0.05, "hidden_size": 48, "head_dim": 16, "n_blocks": 2, "cond_dim": 32, "effective_batch": 8, "ema_fraction": 0.03, "beta2": 0.99, "grad_clip": 1.0, "warmup_fraction": 0.06666666666666667, "schedule": "loglinear", "curriculum": true, "preschool_fraction": 0.13333333333333333}');
INSERT INTO "trial_user_attributes" VALUES(26,6,'optsweep:run','"tpe-001"');
INSERT INTO "trial_user_attributes" VALUES(27,6,'optsweep:index','5');
INSERT INTO "trial_user_attributes" VALUES(28,6,'optsweep:source','"tpe"');
INSERT INTO "trial_user_attributes" VALUES(29,6,'optsweep:preset','null');
INSERT INTO "trial_user_attributes" VALUES(30,6,'optsweep:fixed','{}');
INSERT INTO "trial_user_attributes" VALUES(31,7,'optsweep:run','"tpe-002"');
INSERT INTO "trial_user_attributes" VALUES(32,7,'optsweep:index','6');
INSERT INTO "trial_user_attributes" VALUES(33,7,'optsweep:source','"tpe"');
INSERT INTO "trial_user_attributes" VALUES(34,7,'optsweep:preset','null');
INSERT INTO "trial_user_attributes" VALUES(35,7,'optsweep:fixed','{}');
INSERT INTO "trial_user_attributes" VALUES(36,8,'optsweep:run','"tpe-003"');
INSERT INTO "trial_user_attributes" VALUES(37,8,'optsweep:index','7');
INSERT INTO "trial_user_attributes" VALUES(38,8,'optsweep:source','"tpe"');
INSERT INTO "trial_user_attributes" VALUES(39,8,'optsweep:preset','null');
INSERT INTO "trial_user_attributes" VALUES(40,8,'optsweep:fixed','{}');
INSERT INTO "trial_user_attributes" VALUES(41,9,'optsweep:run','"tpe-004"');
INSERT INTO "trial_user_attributes" VALUES(42,9,'optsweep:index','8');
INSERT INTO "trial_user_attributes" VALUES(43,9,'optsweep:source','"tpe"');
INSERT INTO "trial_user_attributes" VALUES(44,9,'optsweep:preset','null');
INSERT INTO "trial_user_attributes" VALUES(45,9,'optsweep:fixed','{}');
INSERT INTO "trial_user_attributes" VALUES(46,10,'optsweep:run','"tpe-005"');
INSERT INTO "trial_user_attributes" VALUES(47,10,'optsweep:index','9');
INSERT INTO "trial_user_attributes" VALUES(48,10,'optsweep:source','"tpe"');
INSERT INTO "trial_user_attributes" VALUES(49,10,'optsweep:preset','null');
INSERT INTO "trial_user_attributes" VALUES(50,10,'optsweep:fixed','{}');
INSERT INTO "trial_user_attributes" VALUES(51,11,'optsweep:run','"tpe-006"');
INSERT INTO "trial_user_attributes" VALUES(52,11,'optsweep:index','10');
INSERT INTO "trial_user_attributes" VALUES(53,11,'optsweep:source','"tpe"');
INSERT INTO "trial_user_attributes" VALUES(54,11,'optsweep:preset','null');
INSERT INTO "trial_user_attributes" VALUES(55,11,'optsweep:fixed','{}');
INSERT INTO "trial_user_attributes" VALUES(56,12,'optsweep:run','"tpe-007"');
INSERT INTO "trial_user_attributes" VALUES(57,12,'optsweep:index','11');
INSERT INTO "trial_user_attributes" VALUES(58,12,'optsweep:source','"tpe"');
INSERT INTO "trial_user_attributes" VALUES(59,12,'optsweep:preset','null');
INSERT INTO "trial_user_attributes" VALUES(60,12,'optsweep:fixed','{}');
INSERT INTO "trial_user_attributes" VALUES(61,3,'optsweep:config','{"model": {"hidden_size": 64, "n_heads": 4, "n_blocks": 2, "dropout": 0.05, "cond_dim": 64}, "training": {"n_iters": 750, "effective_batch": 8, "micro_batch": 4, "ema_fraction": 0.03, "seed": 431513757, "precision": "fp32", "compile": false, "threads": 2}, "optim": {"lr": 0.001, "warmup": 75, "weight_decay": 0.01, "beta2": 0.99, "grad_clip": 1.0}, "noise": {"schedule": "loglinear"}, "curriculum": {"enabled": false, "preschool_time": 0}, "data": {"max_protein_len": 128, "num_sequences": null}, "evaluation": {"every_sequences": 180, "num_evaluations": null, "num_sequences": null, "noise_seed": 0}, "provenance": {"study": "demo", "run": "large_quality", "source": "preset", "trial": 2, "subset": "@FOLDER@/data/demo_sweep.pt", "optsweep": "0.1.0", "torch": "2.13.0+cpu", "full": {"n_iters": 3000, "warmup": 225, "preschool_time": 0}}}');
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
INSERT INTO "trials" VALUES(1,0,1,'WAITING',NULL,NULL);
INSERT INTO "trials" VALUES(2,1,1,'WAITING',NULL,NULL);
INSERT INTO "trials" VALUES(3,2,1,'WAITING','2026-11-26 10:28:21.875236',NULL);
INSERT INTO "trials" VALUES(4,3,1,'WAITING',NULL,NULL);
INSERT INTO "trials" VALUES(5,4,1,'WAITING',NULL,NULL);
INSERT INTO "trials" VALUES(6,5,1,'WAITING',NULL,NULL);
INSERT INTO "trials" VALUES(7,6,1,'WAITING',NULL,NULL);
INSERT INTO "trials" VALUES(8,7,1,'WAITING',NULL,NULL);
INSERT INTO "trials" VALUES(9,8,1,'WAITING',NULL,NULL);
INSERT INTO "trials" VALUES(10,9,1,'WAITING',NULL,NULL);
INSERT INTO "trials" VALUES(11,10,1,'WAITING',NULL,NULL);
INSERT INTO "trials" VALUES(12,11,1,'WAITING',NULL,NULL);
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
