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
INSERT INTO "optsweep_losses" VALUES(1,1,X'49052740');
INSERT INTO "optsweep_losses" VALUES(2,1,X'32E01340');
INSERT INTO "optsweep_losses" VALUES(3,1,X'9B2D6E40');
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
INSERT INTO "optsweep_run_events" VALUES(1,1,1,'short','','planned',1.795688515441010952e+09,NULL,NULL,NULL);
INSERT INTO "optsweep_run_events" VALUES(2,1,2,'long','','planned',1.795688515441010952e+09,NULL,NULL,NULL);
INSERT INTO "optsweep_run_events" VALUES(3,1,3,'random-001','','planned',1.795688515441010952e+09,NULL,NULL,NULL);
INSERT INTO "optsweep_run_events" VALUES(4,1,4,'random-002','','planned',1.795688515441010952e+09,NULL,NULL,NULL);
INSERT INTO "optsweep_run_events" VALUES(5,1,5,'random-003','','planned',1.795688515441010952e+09,NULL,NULL,NULL);
INSERT INTO "optsweep_run_events" VALUES(6,1,2,'long','7ad83f5379cc4ea08e9e51b67c99b68e','claimed',1.79568851841999292369e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','attempt 1');
INSERT INTO "optsweep_run_events" VALUES(7,1,2,'long','7ad83f5379cc4ea08e9e51b67c99b68e','evaluated',1.79568851905901575088e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','2.35493 at evaluation 12');
INSERT INTO "optsweep_run_events" VALUES(8,1,2,'long','7ad83f5379cc4ea08e9e51b67c99b68e','complete',1.79568851910701394081e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','2.31056');
INSERT INTO "optsweep_run_events" VALUES(9,1,1,'short','d0fb6655a7f64b1ba8a5e9d2b68b0f18','claimed',1.79568851914101099967e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','attempt 1');
INSERT INTO "optsweep_run_events" VALUES(10,1,1,'short','d0fb6655a7f64b1ba8a5e9d2b68b0f18','evaluated',1.79568851962799286847e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','2.60985 at evaluation 10');
INSERT INTO "optsweep_run_events" VALUES(11,1,1,'short','d0fb6655a7f64b1ba8a5e9d2b68b0f18','complete',1.79568851963998222347e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','2.6097');
INSERT INTO "optsweep_run_events" VALUES(12,1,3,'random-001','1b070a94a556403d90d822270ef4418f','claimed',1.79568851966899037365e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','attempt 1');
INSERT INTO "optsweep_run_events" VALUES(13,1,3,'random-001','1b070a94a556403d90d822270ef4418f','evaluated',1.79568852004199171071e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','3.72153 at evaluation 4');
INSERT INTO "optsweep_run_events" VALUES(14,1,3,'random-001','1b070a94a556403d90d822270ef4418f','pruned',1.7956885200549869537e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','pruned at 40 %: 3.72 > 2.72, the limit of the best 90 % of 2 runs');
INSERT INTO "optsweep_run_events" VALUES(15,1,4,'random-002','11de5b59db4642a588b6afef6d26b11c','claimed',1.79568852006798243526e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','attempt 1');
INSERT INTO "optsweep_run_events" VALUES(16,1,4,'random-002','11de5b59db4642a588b6afef6d26b11c','evaluated',1.79568852029200053217e+09,'CPU worker 0','vm/3d1219c7c4c5/4026531836','2.35687 at evaluation 3');
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
INSERT INTO "optsweep_runs" VALUES(1,1,'short',1,NULL,'CPU worker 0','vm/3d1219c7c4c5/4026531836','6d737759-62d1-4d1e-a437-d34bdaebcc04',21157,124863,1.79568851963998222347e+09,NULL,1,0,0,40,0,1.0,320,4.66316946000006282702e-01,2.94525194168090820312e+00,1.56755068942124256865e+05,2.60969754627772676514e+00,36,2.60984543391636503173e+00,'complete',NULL,1.79568851914101099967e+09,1.79568851963998222347e+09);
INSERT INTO "optsweep_runs" VALUES(2,1,'long',0,NULL,'CPU worker 0','vm/3d1219c7c4c5/4026531836','6d737759-62d1-4d1e-a437-d34bdaebcc04',21157,124863,1.79568851910701394081e+09,NULL,1,0,0,50,0,1.0,400,6.16825697999956901185e-01,2.60192203521728515625e+00,6.39855186316169492798e+04,2.31055879592895507812e+00,20,2.3553105933325637622e+00,'complete',NULL,1.79568851841999292369e+09,1.79568851910701394081e+09);
INSERT INTO "optsweep_runs" VALUES(3,1,'random-001',2000000,NULL,'CPU worker 0','vm/3d1219c7c4c5/4026531836','6d737759-62d1-4d1e-a437-d34bdaebcc04',21157,124863,1.7956885200549869537e+09,NULL,1,0,0,32,0,0.4,128,3.51141545000018595601e-01,3.52156281471252441406e+00,3.77968058955757951473e+04,3.72153360503060470776e+00,32,3.72153360503060470776e+00,'pruned','pruned at 40 %: 3.72 > 2.72, the limit of the best 90 % of 2 runs',1.79568851966899037365e+09,1.7956885200549869537e+09);
INSERT INTO "optsweep_runs" VALUES(4,1,'random-002',2000001,'11de5b59db4642a588b6afef6d26b11c','CPU worker 0','vm/3d1219c7c4c5/4026531836','6d737759-62d1-4d1e-a437-d34bdaebcc04',21157,124863,1000000000.0,NULL,1,0,0,12,0,0.3,96,1.78814011999975264188e-01,2.891376495361328125e+00,6.33900972913929799685e+04,2.35687499386923660082e+00,12,2.35687499386923660082e+00,NULL,NULL,1.79568852006798243526e+09,NULL);
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
INSERT INTO "study_user_attributes" VALUES(2,1,'optsweep:data','{"corpus": "@FOLDER@/data/proteins.pt", "fingerprint": "d41658490a66bd32a5f8dc51c859a438", "content": "3f86449015d551dfeb67f0fd07e01920", "demo": false, "subset": "@FOLDER@/data/proteins_sweep.pt", "num_sequences": 100, "source_sequences": 100, "synthetic": true, "manifest": {"kind": "subset", "source": "proteins.pt", "source_size": 24143, "source_fingerprint": "d41658490a66bd32a5f8dc51c859a438", "n": 10000, "seed": 42, "version": 2, "num_source": 100, "num_differing": 0, "rule": {"name": "demo families", "words": "the demo corpus'' own families"}, "num_left_out": 0, "notes": ["validation has 1 of 5 sequences: small families are too few (none may be more than 5% of it)", "confirmation is one family of 2 sequences: none is smaller"], "synthetic": true, "source_manifest": {"kind": "corpus", "synthetic": true, "description": "synthetic protein families, evolved from random ancestors by a substitution model", "version": 1, "num_sequences": 100, "seed": 20250101}}, "weights": {"validation": [58], "confirmation": [62, 62]}, "reference": {"unigram_entropy": 2.550818944013875, "composition_entropy": 2.550818944013875}}');
INSERT INTO "study_user_attributes" VALUES(3,1,'optsweep:command','["optsweep", "sweep", "study.toml", "--data", "data/proteins.pt", "--name", "half", "--type", "random", "--cpu-workers", "1"]');
INSERT INTO "study_user_attributes" VALUES(4,1,'optsweep:created','1795688515.4535844');
INSERT INTO "study_user_attributes" VALUES(5,1,'optsweep:definition','{"name": "study", "study": {"type": "random", "trials": 3, "seed": 84, "message": ""}, "budget": {"num_evaluations": 10, "sequences": 320, "full_sequences": 3200, "scale": 1.0}, "pruner": {"kind": "percentile", "percentile": 90.0, "startup": 2, "warmup_fraction": 0.3, "minimum": 2}, "sampler": {"startup": 5}, "settings": {"max_protein_len": 64, "precision": "fp32", "compile": false, "threads": 1, "num_training": null, "num_validation": null, "noise_seed": 0}, "notify": {"command": ""}, "trackers": {"tensorboard": false, "wandb": false, "mlflow": false}, "space": {"lr": {"low": 1e-05, "high": 0.03, "log": true}, "weight_decay": {"low": 0.005, "high": 0.2, "log": true}, "dropout": {"low": 0.0, "high": 0.3, "log": false}, "hidden_size": {"choices": [16]}, "head_dim": {"choices": [8]}, "n_blocks": {"choices": [1]}, "cond_dim": {"choices": [8]}, "effective_batch": {"choices": [4, 8]}, "ema_fraction": {"choices": [0.01, 0.03, 0.1]}, "beta2": {"choices": [0.95, 0.99, 0.999]}, "grad_clip": {"choices": [0.5, 1.0, 2.0]}, "warmup_fraction": {"low": 0.02, "high": 0.2, "log": false}, "schedule": {"choices": ["loglinear", "cosine"]}, "curriculum": {"choices": [false, true]}, "preschool_fraction": {"low": 0.05, "high": 0.3, "log": false}}, "presets": [{"name": "short", "lr": 0.001, "weight_decay": 0.01, "dropout": 0.05, "hidden_size": 16, "n_blocks": 1, "cond_dim": 8, "effective_batch": 8, "ema_fraction": 0.03, "beta2": 0.99, "grad_clip": 1.0, "schedule": "loglinear", "n_heads": 2, "micro_batch": 8, "sweep": {"iterations": 40, "warmup": 4, "preschool": 0}, "full": {"iterations": 400, "warmup": 40, "preschool": 0}}, {"name": "long", "lr": 0.02, "weight_decay": 0.01, "dropout": 0.1, "hidden_size": 16, "n_blocks": 1, "cond_dim": 8, "effective_batch": 8, "ema_fraction": 0.03, "beta2": 0.99, "grad_clip": 1.0, "schedule": "cosine", "n_heads": 2, "micro_batch": 4, "sweep": {"iterations": 50, "warmup": 5, "preschool": 10}, "full": {"iterations": 500, "warmup": 50, "preschool": 100}}], "rounding": "width"}');
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
INSERT INTO "trial_intermediate_values" VALUES(1,2,1,2.44893503189086914062e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(2,2,2,2.38522299698420869873e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(3,2,3,2.55044163976396820459e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(4,2,4,2.45897436141967773437e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(5,2,5,2.31055879592895507812e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(6,2,6,2.35455661160605300707e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(7,2,7,2.36261240073612821532e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(8,2,8,2.37283427374703537182e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(9,2,9,2.37767193998609283056e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(10,2,10,2.35773496968405593676e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(11,2,11,2.35326436587742460204e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(12,2,12,2.3549257005964006062e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(13,1,1,3.23932041440691254052e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(14,1,2,3.03738181931631912036e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(15,1,3,2.88502744265965116454e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(16,1,4,2.75420185497828828857e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(17,1,5,2.66659505026681076245e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(18,1,6,2.63228244440896164135e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(19,1,7,2.61470675468444824218e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(20,1,8,2.60994400296892425927e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(21,1,9,2.60969754627772676514e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(22,1,10,2.60984543391636503173e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(23,3,1,3.8633637087685714917e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(24,3,2,3.82201732907976410302e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(25,3,3,3.76890454973493316259e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(26,3,4,3.72153360503060470776e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(27,4,1,2.68966695240565645264e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(28,4,2,2.43630940573556076245e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(29,4,3,2.35687499386923660082e+00,'FINITE');
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
INSERT INTO "trial_params" VALUES(1,2,'lr',0.02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.03, "log": true}}');
INSERT INTO "trial_params" VALUES(2,2,'weight_decay',0.01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.005, "high": 0.2, "log": true}}');
INSERT INTO "trial_params" VALUES(3,2,'dropout',0.1,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.3, "log": false}}');
INSERT INTO "trial_params" VALUES(4,2,'hidden_size',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16]}}');
INSERT INTO "trial_params" VALUES(5,2,'head_dim',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO "trial_params" VALUES(6,2,'n_blocks',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [1]}}');
INSERT INTO "trial_params" VALUES(7,2,'cond_dim',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO "trial_params" VALUES(8,2,'effective_batch',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [4, 8]}}');
INSERT INTO "trial_params" VALUES(9,2,'ema_fraction',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.01, 0.03, 0.1]}}');
INSERT INTO "trial_params" VALUES(10,2,'beta2',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.95, 0.99, 0.999]}}');
INSERT INTO "trial_params" VALUES(11,2,'grad_clip',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.5, 1.0, 2.0]}}');
INSERT INTO "trial_params" VALUES(12,2,'warmup_fraction',0.1,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.02, "high": 0.2, "log": false}}');
INSERT INTO "trial_params" VALUES(13,2,'schedule',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["loglinear", "cosine"]}}');
INSERT INTO "trial_params" VALUES(14,2,'curriculum',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [false, true]}}');
INSERT INTO "trial_params" VALUES(15,2,'preschool_fraction',0.2,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.05, "high": 0.3, "log": false}}');
INSERT INTO "trial_params" VALUES(16,1,'lr',0.001,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.03, "log": true}}');
INSERT INTO "trial_params" VALUES(17,1,'weight_decay',0.01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.005, "high": 0.2, "log": true}}');
INSERT INTO "trial_params" VALUES(18,1,'dropout',0.05,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.3, "log": false}}');
INSERT INTO "trial_params" VALUES(19,1,'hidden_size',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16]}}');
INSERT INTO "trial_params" VALUES(20,1,'head_dim',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO "trial_params" VALUES(21,1,'n_blocks',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [1]}}');
INSERT INTO "trial_params" VALUES(22,1,'cond_dim',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO "trial_params" VALUES(23,1,'effective_batch',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [4, 8]}}');
INSERT INTO "trial_params" VALUES(24,1,'ema_fraction',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.01, 0.03, 0.1]}}');
INSERT INTO "trial_params" VALUES(25,1,'beta2',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.95, 0.99, 0.999]}}');
INSERT INTO "trial_params" VALUES(26,1,'grad_clip',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.5, 1.0, 2.0]}}');
INSERT INTO "trial_params" VALUES(27,1,'warmup_fraction',0.1,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.02, "high": 0.2, "log": false}}');
INSERT INTO "trial_params" VALUES(28,1,'schedule',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["loglinear", "cosine"]}}');
INSERT INTO "trial_params" VALUES(29,1,'curriculum',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [false, true]}}');
INSERT INTO "trial_params" VALUES(30,3,'lr',0.000142,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.03, "log": true}}');
INSERT INTO "trial_params" VALUES(31,3,'weight_decay',0.099,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.005, "high": 0.2, "log": true}}');
INSERT INTO "trial_params" VALUES(32,3,'dropout',0.171,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.3, "log": false}}');
INSERT INTO "trial_params" VALUES(33,3,'hidden_size',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16]}}');
INSERT INTO "trial_params" VALUES(34,3,'head_dim',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO "trial_params" VALUES(35,3,'n_blocks',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [1]}}');
INSERT INTO "trial_params" VALUES(36,3,'cond_dim',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO "trial_params" VALUES(37,3,'effective_batch',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [4, 8]}}');
INSERT INTO "trial_params" VALUES(38,3,'ema_fraction',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.01, 0.03, 0.1]}}');
INSERT INTO "trial_params" VALUES(39,3,'beta2',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.95, 0.99, 0.999]}}');
INSERT INTO "trial_params" VALUES(40,3,'grad_clip',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.5, 1.0, 2.0]}}');
INSERT INTO "trial_params" VALUES(41,3,'warmup_fraction',0.199,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.02, "high": 0.2, "log": false}}');
INSERT INTO "trial_params" VALUES(42,3,'schedule',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["loglinear", "cosine"]}}');
INSERT INTO "trial_params" VALUES(43,3,'curriculum',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [false, true]}}');
INSERT INTO "trial_params" VALUES(44,3,'preschool_fraction',0.113,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.05, "high": 0.3, "log": false}}');
INSERT INTO "trial_params" VALUES(45,4,'lr',0.0119,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.03, "log": true}}');
INSERT INTO "trial_params" VALUES(46,4,'weight_decay',0.0116,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.005, "high": 0.2, "log": true}}');
INSERT INTO "trial_params" VALUES(47,4,'dropout',0.0744,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 0.3, "log": false}}');
INSERT INTO "trial_params" VALUES(48,4,'hidden_size',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16]}}');
INSERT INTO "trial_params" VALUES(49,4,'head_dim',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO "trial_params" VALUES(50,4,'n_blocks',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [1]}}');
INSERT INTO "trial_params" VALUES(51,4,'cond_dim',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [8]}}');
INSERT INTO "trial_params" VALUES(52,4,'effective_batch',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [4, 8]}}');
INSERT INTO "trial_params" VALUES(53,4,'ema_fraction',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.01, 0.03, 0.1]}}');
INSERT INTO "trial_params" VALUES(54,4,'beta2',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.95, 0.99, 0.999]}}');
INSERT INTO "trial_params" VALUES(55,4,'grad_clip',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.5, 1.0, 2.0]}}');
INSERT INTO "trial_params" VALUES(56,4,'warmup_fraction',0.108,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.02, "high": 0.2, "log": false}}');
INSERT INTO "trial_params" VALUES(57,4,'schedule',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["loglinear", "cosine"]}}');
INSERT INTO "trial_params" VALUES(58,4,'curriculum',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [false, true]}}');
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
INSERT INTO "trial_user_attributes" VALUES(5,1,'optsweep:fixed','{"lr": 0.001, "weight_decay": 0.01, "dropout": 0.05, "hidden_size": 16, "head_dim": 8, "n_blocks": 1, "cond_dim": 8, "effective_batch": 8, "ema_fraction": 0.03, "beta2": 0.99, "grad_clip": 1.0, "warmup_fraction": 0.1, "schedule": "loglinear", "curriculum": false}');
INSERT INTO "trial_user_attributes" VALUES(6,2,'optsweep:run','"long"');
INSERT INTO "trial_user_attributes" VALUES(7,2,'optsweep:index','1');
INSERT INTO "trial_user_attributes" VALUES(8,2,'optsweep:source','"preset"');
INSERT INTO "trial_user_attributes" VALUES(9,2,'optsweep:preset','"long"');
INSERT INTO "trial_user_attributes" VALUES(10,2,'optsweep:fixed','{"lr": 0.02, "weight_decay": 0.01, "dropout": 0.1, "hidden_size": 16, "head_dim": 8, "n_blocks": 1, "cond_dim": 8, "effective_batch": 8, "ema_fraction": 0.03, "beta2": 0.99, "grad_clip": 1.0, "warmup_fraction": 0.1, "schedule": "cosine", "curriculum": true, "preschool_fraction": 0.2}');
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
INSERT INTO "trial_user_attributes" VALUES(26,2,'optsweep:config','{"model": {"hidden_size": 16, "n_heads": 2, "n_blocks": 1, "dropout": 0.1, "cond_dim": 8}, "training": {"n_iters": 50, "effective_batch": 8, "micro_batch": 4, "ema_fraction": 0.03, "seed": 1091901291, "precision": "fp32", "compile": false, "threads": 1}, "optim": {"lr": 0.02, "warmup": 5, "weight_decay": 0.01, "beta2": 0.99, "grad_clip": 1.0}, "noise": {"schedule": "cosine"}, "curriculum": {"enabled": true, "preschool_time": 10}, "data": {"max_protein_len": 64, "num_sequences": null}, "evaluation": {"every_sequences": 32, "num_evaluations": null, "num_sequences": null, "noise_seed": 0}, "provenance": {"study": "half", "run": "long", "source": "preset", "trial": 1, "subset": "@FOLDER@/data/proteins_sweep.pt", "optsweep": "0.1.0", "torch": "2.13.0+cpu", "full": {"n_iters": 500, "warmup": 50, "preschool_time": 100}}}');
INSERT INTO "trial_user_attributes" VALUES(27,1,'optsweep:config','{"model": {"hidden_size": 16, "n_heads": 2, "n_blocks": 1, "dropout": 0.05, "cond_dim": 8}, "training": {"n_iters": 40, "effective_batch": 8, "micro_batch": 8, "ema_fraction": 0.03, "seed": 1094814236, "precision": "fp32", "compile": false, "threads": 1}, "optim": {"lr": 0.001, "warmup": 4, "weight_decay": 0.01, "beta2": 0.99, "grad_clip": 1.0}, "noise": {"schedule": "loglinear"}, "curriculum": {"enabled": false, "preschool_time": 0}, "data": {"max_protein_len": 64, "num_sequences": null}, "evaluation": {"every_sequences": 32, "num_evaluations": null, "num_sequences": null, "noise_seed": 0}, "provenance": {"study": "half", "run": "short", "source": "preset", "trial": 0, "subset": "@FOLDER@/data/proteins_sweep.pt", "optsweep": "0.1.0", "torch": "2.13.0+cpu", "full": {"n_iters": 400, "warmup": 40, "preschool_time": 0}}}');
INSERT INTO "trial_user_attributes" VALUES(28,3,'optsweep:config','{"model": {"hidden_size": 16, "n_heads": 2, "n_blocks": 1, "dropout": 0.171, "cond_dim": 8}, "training": {"n_iters": 80, "effective_batch": 4, "micro_batch": "auto", "ema_fraction": 0.01, "seed": 657124449, "precision": "fp32", "compile": false, "threads": 1}, "optim": {"lr": 0.000142, "warmup": 16, "weight_decay": 0.099, "beta2": 0.999, "grad_clip": 2.0}, "noise": {"schedule": "loglinear"}, "curriculum": {"enabled": true, "preschool_time": 9}, "data": {"max_protein_len": 64, "num_sequences": null}, "evaluation": {"every_sequences": 32, "num_evaluations": null, "num_sequences": null, "noise_seed": 0}, "provenance": {"study": "half", "run": "random-001", "source": "random", "trial": 2, "subset": "@FOLDER@/data/proteins_sweep.pt", "optsweep": "0.1.0", "torch": "2.13.0+cpu", "full": {"n_iters": 800, "warmup": 159, "preschool_time": 90}}}');
INSERT INTO "trial_user_attributes" VALUES(29,4,'optsweep:config','{"model": {"hidden_size": 16, "n_heads": 2, "n_blocks": 1, "dropout": 0.0744, "cond_dim": 8}, "training": {"n_iters": 40, "effective_batch": 8, "micro_batch": "auto", "ema_fraction": 0.1, "seed": 1791497171, "precision": "fp32", "compile": false, "threads": 1}, "optim": {"lr": 0.0119, "warmup": 4, "weight_decay": 0.0116, "beta2": 0.99, "grad_clip": 0.5}, "noise": {"schedule": "loglinear"}, "curriculum": {"enabled": false, "preschool_time": 0}, "data": {"max_protein_len": 64, "num_sequences": null}, "evaluation": {"every_sequences": 32, "num_evaluations": null, "num_sequences": null, "noise_seed": 0}, "provenance": {"study": "half", "run": "random-002", "source": "random", "trial": 3, "subset": "@FOLDER@/data/proteins_sweep.pt", "optsweep": "0.1.0", "torch": "2.13.0+cpu", "full": {"n_iters": 400, "warmup": 43, "preschool_time": 0}}}');
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
INSERT INTO "trial_values" VALUES(1,2,0,2.31055879592895507812e+00,'FINITE');
INSERT INTO "trial_values" VALUES(2,1,0,2.60969754627772676514e+00,'FINITE');
INSERT INTO "trial_values" VALUES(3,3,0,3.72153360503060470776e+00,'FINITE');
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
INSERT INTO "trials" VALUES(1,0,1,'COMPLETE','2026-11-26 10:21:59.142721','2026-11-26 10:21:59.640587');
INSERT INTO "trials" VALUES(2,1,1,'COMPLETE','2026-11-26 10:21:58.428458','2026-11-26 10:21:59.108674');
INSERT INTO "trials" VALUES(3,2,1,'PRUNED','2026-11-26 10:21:59.670067','2026-11-26 10:22:00.056633');
INSERT INTO "trials" VALUES(4,3,1,'RUNNING','2026-11-26 10:22:00.068848',NULL);
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
