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
INSERT INTO "optsweep_losses" VALUES(1,1,X'81642F40F383094058F42740B23F4240D7EA4740');
INSERT INTO "optsweep_losses" VALUES(2,1,X'41D63940C830E23FD96D2940896D2840663C3B40');
INSERT INTO "optsweep_losses" VALUES(3,1,X'47605A4032878A406B045C40121F7040FBD85D40');
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
INSERT INTO "optsweep_runs" VALUES(1,1,'short',1,NULL,'CPU worker 0','vm/3d1219c7c4c5/4026531836','589dc045-53b9-4c85-8761-a1eab432a704',13953,155269,1.79564617139001941686e+09,NULL,1,0,0,40,0,1.0,320,5.73390330000165704404e-01,3.06211423873901367187e+00,5.77790995520415235665e+04,2.73590469378057887794e+00,40,2.73590469378057887794e+00,'complete',NULL,1.79564617077698707582e+09,1.79564617139001941686e+09);
INSERT INTO "optsweep_runs" VALUES(2,1,'long',0,NULL,'CPU worker 0','vm/3d1219c7c4c5/4026531836','589dc045-53b9-4c85-8761-a1eab432a704',13953,155269,1.79564617071398210522e+09,NULL,1,0,0,50,0,1.0,400,8.6933888299995487614e-01,2.78674936294555664062e+00,3.87317416147774929418e+04,2.57413399517257923676e+00,20,2.58612274089906746254e+00,'complete',NULL,1.79564616772301053997e+09,1.79564617071398210522e+09);
INSERT INTO "optsweep_runs" VALUES(3,1,'random-001',2000000,NULL,'CPU worker 0','vm/3d1219c7c4c5/4026531836','589dc045-53b9-4c85-8761-a1eab432a704',13953,155269,1.79564617180498385436e+09,NULL,1,0,0,32,0,0.4,128,3.33239428000069892732e-01,3.1491374969482421875e+00,5.71977617237056474566e+04,3.68259182528244632948e+00,32,3.68259182528244632948e+00,'pruned','pruned at 40 %: 3.68 > 2.75, the limit of the best 90 % of 2 runs',1.7956461714370117187e+09,1.79564617180498385436e+09);
INSERT INTO "optsweep_runs" VALUES(4,1,'random-002',2000001,'1519e8fcefc349159f7ba57e090c0d58','CPU worker 0','vm/3d1219c7c4c5/4026531836','589dc045-53b9-4c85-8761-a1eab432a704',13953,155269,1000000000.0,NULL,1,0,0,12,0,0.3,96,1.6491509799993764318e-01,2.90755009651184082031e+00,8.51734929104429611471e+04,2.67331387970610734328e+00,12,2.67331387970610734328e+00,NULL,NULL,1.79564617183898091318e+09,NULL);
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
INSERT INTO "study_system_attributes" VALUES(1,1,'study:metric_names','["NELBO (nats per residue)"]');
INSERT INTO "study_system_attributes" VALUES(2,1,'dashboard:note_str:0','"## Study half\n\n**Synthetic data: the values say nothing about real proteins.**\n\nValues are NELBO in nats per residue, lower is better. The validation set''s unigram entropy is 2.8562.\n\nPresets:\n\n* [short](/dashboard/studies/1/trials?numbers=0)\n* [long](/dashboard/studies/1/trials?numbers=1)\n\nTo resume, look, report and promote:\n\n```\noptsweep sweep --name half\noptsweep status --name half --watch\noptsweep report --name half\noptsweep best --name half --toml\noptsweep promote --name half\n```\n\nData: `@FOLDER@/data/proteins.pt`, 100 sequences; trained on `@FOLDER@/data/proteins_sweep.pt`, 100 sequences. Its manifest:\n\n```json\n{\n  \"kind\": \"subset\",\n  \"version\": 1,\n  \"source\": \"proteins.pt\",\n  \"source_size\": 23818,\n  \"source_fingerprint\": \"6e38cff5d179e0773ffe4c35be482c23\",\n  \"n\": 10000,\n  \"seed\": 42,\n  \"num_source\": 100,\n  \"synthetic\": true,\n  \"source_manifest\": {\n    \"kind\": \"corpus\",\n    \"synthetic\": true,\n    \"description\": \"synthetic protein families, evolved from random ancestors by a substitution model\",\n    \"version\": 1,\n    \"num_sequences\": 100,\n    \"seed\": 20250101\n  }\n}\n```"');
INSERT INTO "study_system_attributes" VALUES(3,1,'dashboard:note_ver','1');
INSERT INTO "study_system_attributes" VALUES(4,1,'dashboard:2:note_str:0','"## Run long (preset)\n\n| | |\n|---|---|\n| state | complete |\n| value | 2.5741 at step 20; the last one 2.5861 |\n| budget | 50 iterations of 8 = 400 sequences, 400 of them seen |\n| device | CPU worker 0 |\n| time | 1 s on the device, 1 attempt, ended 2026-11-25 22:36:10 UTC |\n| directory | studies/half/runs/long |\n\n![learning curve of long](/artifacts/1/2/0f8b2a84-4ce7-5cff-bb3d-707a54f54992)\n\n[curve.svg](/artifacts/1/2/0f8b2a84-4ce7-5cff-bb3d-707a54f54992) \u00b7 [config.toml](/artifacts/1/2/a03495f5-50ea-543a-ac1f-8508343dd501) \u00b7 [log_tail.txt](/artifacts/1/2/3c085b22-7450-5ad5-a139-abc635e256c4)"');
INSERT INTO "study_system_attributes" VALUES(5,1,'dashboard:2:note_ver','1');
INSERT INTO "study_system_attributes" VALUES(6,1,'dashboard:1:note_str:0','"## Run short (preset)\n\n| | |\n|---|---|\n| state | complete |\n| value | 2.7359 at step 40; the last one 2.7359 |\n| budget | 40 iterations of 8 = 320 sequences, 320 of them seen |\n| device | CPU worker 0 |\n| time | 1 s on the device, 1 attempt, ended 2026-11-25 22:36:11 UTC |\n| directory | studies/half/runs/short |\n\n![learning curve of short](/artifacts/1/1/920509ae-8761-5950-9827-60b6a616ff8c)\n\n[curve.svg](/artifacts/1/1/920509ae-8761-5950-9827-60b6a616ff8c) \u00b7 [config.toml](/artifacts/1/1/08075e3e-43b6-5d72-8a87-e5075a1b6ba9) \u00b7 [log_tail.txt](/artifacts/1/1/cb8c893a-4a95-5c93-a29e-64d77bf95017)"');
INSERT INTO "study_system_attributes" VALUES(7,1,'dashboard:1:note_ver','1');
INSERT INTO "study_system_attributes" VALUES(8,1,'dashboard:3:note_str:0','"## Run random-001 (random)\n\n| | |\n|---|---|\n| state | pruned: pruned at 40 %: 3.68 &gt; 2.75, the limit of the best 90 % of 2 runs |\n| value | 3.6826 at step 32; the last one 3.6826 |\n| budget | 80 iterations of 4 = 320 sequences, 128 of them seen |\n| device | CPU worker 0 |\n| time | 0 s on the device, 1 attempt, ended 2026-11-25 22:36:11 UTC |\n| directory | studies/half/runs/random-001 |\n\n![learning curve of random-001](/artifacts/1/3/dffe3514-2def-59ba-a7be-a357060f7186)\n\n[curve.svg](/artifacts/1/3/dffe3514-2def-59ba-a7be-a357060f7186) \u00b7 [config.toml](/artifacts/1/3/39014f00-0c5f-5f34-8478-b55b191d049c) \u00b7 [log_tail.txt](/artifacts/1/3/94f354b3-a2be-5b60-a4e7-5a0ed29f4eb0)"');
INSERT INTO "study_system_attributes" VALUES(9,1,'dashboard:3:note_ver','1');
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
INSERT INTO "study_user_attributes" VALUES(2,1,'optsweep:data','{"demo": false, "corpus": "@FOLDER@/data/proteins.pt", "subset": "@FOLDER@/data/proteins_sweep.pt", "num_sequences": 100, "source_sequences": 100, "synthetic": true, "manifest": {"kind": "subset", "version": 1, "source": "proteins.pt", "source_size": 23818, "source_fingerprint": "6e38cff5d179e0773ffe4c35be482c23", "n": 10000, "seed": 42, "num_source": 100, "synthetic": true, "source_manifest": {"kind": "corpus", "synthetic": true, "description": "synthetic protein families, evolved from random ancestors by a substitution model", "version": 1, "num_sequences": 100, "seed": 20250101}}, "fingerprint": "6e38cff5d179e0773ffe4c35be482c23", "content": "de3d960ed40871b5bbb7c813b68593ed", "weights": {"validation": [62, 62, 58, 62, 62], "confirmation": [62, 62, 62, 62, 62]}, "reference": {"unigram_entropy": 2.856170703625172, "composition_entropy": 2.4797819409203488}}');
INSERT INTO "study_user_attributes" VALUES(3,1,'optsweep:command','["optsweep", "sweep", "study.toml", "--data", "data/proteins.pt", "--name", "half", "--type", "random", "--cpu-workers", "1"]');
INSERT INTO "study_user_attributes" VALUES(4,1,'optsweep:created','1795646165.893896');
INSERT INTO "study_user_attributes" VALUES(5,1,'optsweep:definition','{"name": "study", "study": {"type": "random", "trials": 3, "seed": 84, "message": ""}, "budget": {"num_evaluations": 10, "sequences": 320, "full_sequences": 3200, "scale": 1.0}, "pruner": {"kind": "percentile", "percentile": 90.0, "startup": 2, "warmup_fraction": 0.3, "minimum": 2}, "sampler": {"startup": 5}, "settings": {"max_protein_len": 64, "precision": "fp32", "compile": false, "threads": 1, "num_training": null, "num_validation": null, "noise_seed": 0}, "notify": {"command": ""}, "trackers": {"tensorboard": false, "wandb": false, "mlflow": false}, "space": {"lr": {"low": 1e-05, "high": 0.03, "log": true}, "weight_decay": {"low": 0.005, "high": 0.2, "log": true}, "dropout": {"low": 0.0, "high": 0.3, "log": false}, "hidden_size": {"choices": [16]}, "head_dim": {"choices": [8]}, "n_blocks": {"choices": [1]}, "cond_dim": {"choices": [8]}, "effective_batch": {"choices": [4, 8]}, "ema_fraction": {"choices": [0.01, 0.03, 0.1]}, "beta2": {"choices": [0.95, 0.99, 0.999]}, "grad_clip": {"choices": [0.5, 1.0, 2.0]}, "warmup_fraction": {"low": 0.02, "high": 0.2, "log": false}, "schedule": {"choices": ["loglinear", "cosine"]}, "curriculum": {"choices": [false, true]}, "preschool_fraction": {"low": 0.05, "high": 0.3, "log": false}}, "presets": [{"name": "short", "hidden_size": 16, "n_heads": 2, "n_blocks": 1, "dropout": 0.05, "cond_dim": 8, "effective_batch": 8, "micro_batch": 8, "lr": 0.001, "weight_decay": 0.01, "ema_fraction": 0.03, "beta2": 0.99, "grad_clip": 1.0, "schedule": "loglinear", "sweep": {"iterations": 40, "warmup": 4, "preschool": 0}, "full": {"iterations": 400, "warmup": 40, "preschool": 0}}, {"name": "long", "hidden_size": 16, "n_heads": 2, "n_blocks": 1, "dropout": 0.1, "cond_dim": 8, "effective_batch": 8, "micro_batch": 4, "lr": 0.02, "weight_decay": 0.01, "ema_fraction": 0.03, "beta2": 0.99, "grad_clip": 1.0, "schedule": "cosine", "sweep": {"iterations": 50, "warmup": 5, "preschool": 10}, "full": {"iterations": 500, "warmup": 50, "preschool": 100}}]}');
INSERT INTO "study_user_attributes" VALUES(6,1,'optsweep:stop','null');
INSERT INTO "study_user_attributes" VALUES(7,1,'optsweep:target','5');
INSERT INTO "study_user_attributes" VALUES(8,1,'optsweep:deadline','null');
INSERT INTO "study_user_attributes" VALUES(9,1,'optsweep:max_gpu_hours','null');
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
INSERT INTO "trial_intermediate_values" VALUES(1,2,1,2.93367965033904898319e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(2,2,2,2.8120408046018678938e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(3,2,3,2.72201332350396452142e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(4,2,4,2.64610204634563350722e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(5,2,5,2.57413399517257923676e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(6,2,6,2.60739199737144078383e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(7,2,7,2.63773599825990112677e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(8,2,8,2.62891756107855734114e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(9,2,9,2.62428435365678636159e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(10,2,10,2.63322171079843903029e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(11,2,11,2.60467383145920683418e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(12,2,12,2.58870783804505766312e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(13,1,1,3.00900981949596602049e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(14,1,2,2.87313768476599529222e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(15,1,3,2.79641099811553539566e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(16,1,4,2.75678958797044426631e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(17,1,5,2.74153268833094632128e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(18,1,6,2.73616094539302467936e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(19,1,7,2.73635681621640625138e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(20,1,8,2.73609159359930442789e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(21,1,9,2.73595181030985,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(22,1,10,2.73590469378057887794e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(23,3,1,3.79332973906745474224e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(24,3,2,3.75988743892893362286e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(25,3,3,3.7190899184294758939e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(26,3,4,3.68259182528244632948e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(27,4,1,2.96786964356227134231e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(28,4,2,2.68560263507121188553e+00,'FINITE');
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
INSERT INTO "trial_system_attributes" VALUES(1,2,'artifacts:0f8b2a84-4ce7-5cff-bb3d-707a54f54992','"{\"artifact_id\": \"0f8b2a84-4ce7-5cff-bb3d-707a54f54992\", \"filename\": \"curve.svg\", \"mimetype\": \"image/svg+xml\", \"encoding\": null}"');
INSERT INTO "trial_system_attributes" VALUES(2,2,'artifacts:a03495f5-50ea-543a-ac1f-8508343dd501','"{\"artifact_id\": \"a03495f5-50ea-543a-ac1f-8508343dd501\", \"filename\": \"config.toml\", \"mimetype\": \"text/plain\", \"encoding\": null}"');
INSERT INTO "trial_system_attributes" VALUES(3,2,'artifacts:3c085b22-7450-5ad5-a139-abc635e256c4','"{\"artifact_id\": \"3c085b22-7450-5ad5-a139-abc635e256c4\", \"filename\": \"log_tail.txt\", \"mimetype\": \"text/plain\", \"encoding\": null}"');
INSERT INTO "trial_system_attributes" VALUES(4,1,'artifacts:920509ae-8761-5950-9827-60b6a616ff8c','"{\"artifact_id\": \"920509ae-8761-5950-9827-60b6a616ff8c\", \"filename\": \"curve.svg\", \"mimetype\": \"image/svg+xml\", \"encoding\": null}"');
INSERT INTO "trial_system_attributes" VALUES(5,1,'artifacts:08075e3e-43b6-5d72-8a87-e5075a1b6ba9','"{\"artifact_id\": \"08075e3e-43b6-5d72-8a87-e5075a1b6ba9\", \"filename\": \"config.toml\", \"mimetype\": \"text/plain\", \"encoding\": null}"');
INSERT INTO "trial_system_attributes" VALUES(6,1,'artifacts:cb8c893a-4a95-5c93-a29e-64d77bf95017','"{\"artifact_id\": \"cb8c893a-4a95-5c93-a29e-64d77bf95017\", \"filename\": \"log_tail.txt\", \"mimetype\": \"text/plain\", \"encoding\": null}"');
INSERT INTO "trial_system_attributes" VALUES(7,3,'artifacts:dffe3514-2def-59ba-a7be-a357060f7186','"{\"artifact_id\": \"dffe3514-2def-59ba-a7be-a357060f7186\", \"filename\": \"curve.svg\", \"mimetype\": \"image/svg+xml\", \"encoding\": null}"');
INSERT INTO "trial_system_attributes" VALUES(8,3,'artifacts:39014f00-0c5f-5f34-8478-b55b191d049c','"{\"artifact_id\": \"39014f00-0c5f-5f34-8478-b55b191d049c\", \"filename\": \"config.toml\", \"mimetype\": \"text/plain\", \"encoding\": null}"');
INSERT INTO "trial_system_attributes" VALUES(9,3,'artifacts:94f354b3-a2be-5b60-a4e7-5a0ed29f4eb0','"{\"artifact_id\": \"94f354b3-a2be-5b60-a4e7-5a0ed29f4eb0\", \"filename\": \"log_tail.txt\", \"mimetype\": \"text/plain\", \"encoding\": null}"');
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
INSERT INTO "trial_values" VALUES(1,2,0,2.57413399517257923676e+00,'FINITE');
INSERT INTO "trial_values" VALUES(2,1,0,2.73590469378057887794e+00,'FINITE');
INSERT INTO "trial_values" VALUES(3,3,0,3.68259182528244632948e+00,'FINITE');
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
INSERT INTO "trials" VALUES(1,0,1,'COMPLETE','2026-11-25 22:36:10.779223','2026-11-25 22:36:11.391964');
INSERT INTO "trials" VALUES(2,1,1,'COMPLETE','2026-11-25 22:36:07.731761','2026-11-25 22:36:10.720909');
INSERT INTO "trials" VALUES(3,2,1,'PRUNED','2026-11-25 22:36:11.439288','2026-11-25 22:36:11.807122');
INSERT INTO "trials" VALUES(4,3,1,'RUNNING','2026-11-25 22:36:11.841206',NULL);
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
