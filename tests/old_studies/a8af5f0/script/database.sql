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
INSERT INTO "optsweep_runs" VALUES(1,1,'slow',0,NULL,'CPU worker 0','vm/3d1219c7c4c5/4026531836','589dc045-53b9-4c85-8761-a1eab432a704',14617,160750,1.79564622524299621585e+09,NULL,1,0,0,100,0,1.0,0,1.21811541900001429894e+00,NULL,NULL,7.05770436490727792744e-01,100,7.05770436490727792744e-01,'complete',NULL,1.7956462221600115299e+09,1.79564622524299621585e+09);
INSERT INTO "optsweep_runs" VALUES(2,1,'fast',1,NULL,'CPU worker 0','vm/3d1219c7c4c5/4026531836','589dc045-53b9-4c85-8761-a1eab432a704',14617,160750,1.79564622656099343294e+09,NULL,1,0,0,100,0,1.0,0,1.23865019299978484923e+00,NULL,NULL,0.332619555894753,100,0.332619555894753,'complete',NULL,1.79564622528399372102e+09,1.79564622656099343294e+09);
INSERT INTO "optsweep_runs" VALUES(3,1,'random-001',2000000,NULL,'CPU worker 0','vm/3d1219c7c4c5/4026531836','589dc045-53b9-4c85-8761-a1eab432a704',14617,160750,1.7956462272740051746e+09,NULL,1,0,0,40,0,0.4,0,6.71276542999976300052e-01,NULL,NULL,0.897496495850122,40,0.897496495850122,'pruned','pruned at 40 %: 0.90 > median 0.78 of 2 runs',1.79564622657998347286e+09,1.7956462272740051746e+09);
INSERT INTO "optsweep_runs" VALUES(4,1,'random-002',2000001,'5a17235ff1464ed0b82017e75b009afc','CPU worker 0','vm/3d1219c7c4c5/4026531836','589dc045-53b9-4c85-8761-a1eab432a704',14617,160750,1000000000.0,NULL,1,0,0,30,0,0.3,0,6.31554674999961207504e-01,NULL,NULL,4.76901434081533903697e-01,30,4.76901434081533903697e-01,NULL,NULL,1.79564622729999566076e+09,NULL);
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
INSERT INTO "study_system_attributes" VALUES(1,1,'study:metric_names','["valid.loss"]');
INSERT INTO "study_system_attributes" VALUES(2,1,'dashboard:note_str:0','"## Study half\n\n**Synthetic data: the values say nothing about real proteins.**\n\nValues are valid.loss of the study''s own script, lower is better.\n\nPresets:\n\n* [slow](/dashboard/studies/1/trials?numbers=0)\n* [fast](/dashboard/studies/1/trials?numbers=1)\n\nTo resume, look, report and promote:\n\n```\noptsweep sweep --name half\noptsweep status --name half --watch\noptsweep report --name half\noptsweep best --name half --toml\noptsweep promote --name half\n```\n\nData: `@FOLDER@/data/proteins.pt`, 30 sequences; trained on `@FOLDER@/data/proteins_sweep.pt`, 30 sequences. Its manifest:\n\n```json\n{\n  \"kind\": \"subset\",\n  \"version\": 1,\n  \"source\": \"proteins.pt\",\n  \"source_size\": 8970,\n  \"source_fingerprint\": \"feb7678d7ab06198ee24dcdf4835a305\",\n  \"n\": 10000,\n  \"seed\": 42,\n  \"num_source\": 30,\n  \"synthetic\": true,\n  \"source_manifest\": {\n    \"kind\": \"corpus\",\n    \"synthetic\": true,\n    \"description\": \"synthetic protein families, evolved from random ancestors by a substitution model\",\n    \"version\": 1,\n    \"num_sequences\": 30,\n    \"seed\": 20250101\n  }\n}\n```"');
INSERT INTO "study_system_attributes" VALUES(3,1,'dashboard:note_ver','1');
INSERT INTO "study_system_attributes" VALUES(4,1,'dashboard:1:note_str:0','"## Run slow (preset)\n\n| | |\n|---|---|\n| state | complete |\n| value | 0.7058 at step 100; the last one 0.7058 |\n| budget | 100% of the script''s run |\n| device | CPU worker 0 |\n| time | 1 s on the device, 1 attempt, ended 2026-11-25 22:37:05 UTC |\n| directory | studies/half/runs/slow |\n\n![learning curve of slow](/artifacts/1/1/13e02331-9475-5ff9-987f-2c327a30af9a)\n\n[curve.svg](/artifacts/1/1/13e02331-9475-5ff9-987f-2c327a30af9a) \u00b7 [config.toml](/artifacts/1/1/a93afabc-0627-5e7b-a2f7-97e51e8e2cae) \u00b7 [log_tail.txt](/artifacts/1/1/44738364-a42d-58a6-a85d-71af7a410264)"');
INSERT INTO "study_system_attributes" VALUES(5,1,'dashboard:1:note_ver','1');
INSERT INTO "study_system_attributes" VALUES(6,1,'dashboard:2:note_str:0','"## Run fast (preset)\n\n| | |\n|---|---|\n| state | complete |\n| value | 0.3326 at step 100; the last one 0.3326 |\n| budget | 100% of the script''s run |\n| device | CPU worker 0 |\n| time | 1 s on the device, 1 attempt, ended 2026-11-25 22:37:06 UTC |\n| directory | studies/half/runs/fast |\n\n![learning curve of fast](/artifacts/1/2/64c9ae68-5a8c-5db8-9bc1-7a7ff38197a0)\n\n[curve.svg](/artifacts/1/2/64c9ae68-5a8c-5db8-9bc1-7a7ff38197a0) \u00b7 [config.toml](/artifacts/1/2/3ffd55a1-4ed0-52fb-b543-75576bd2b114) \u00b7 [log_tail.txt](/artifacts/1/2/054bb36e-12df-5b30-a78a-c47f9cc967cb)"');
INSERT INTO "study_system_attributes" VALUES(7,1,'dashboard:2:note_ver','1');
INSERT INTO "study_system_attributes" VALUES(8,1,'dashboard:3:note_str:0','"## Run random-001 (random)\n\n| | |\n|---|---|\n| state | pruned: pruned at 40 %: 0.90 &gt; median 0.78 of 2 runs |\n| value | 0.8975 at step 40; the last one 0.8975 |\n| budget | 40% of the script''s run |\n| device | CPU worker 0 |\n| time | 1 s on the device, 1 attempt, ended 2026-11-25 22:37:07 UTC |\n| directory | studies/half/runs/random-001 |\n\n![learning curve of random-001](/artifacts/1/3/dffe3514-2def-59ba-a7be-a357060f7186)\n\n[curve.svg](/artifacts/1/3/dffe3514-2def-59ba-a7be-a357060f7186) \u00b7 [config.toml](/artifacts/1/3/39014f00-0c5f-5f34-8478-b55b191d049c) \u00b7 [log_tail.txt](/artifacts/1/3/94f354b3-a2be-5b60-a4e7-5a0ed29f4eb0)"');
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
INSERT INTO "study_user_attributes" VALUES(2,1,'optsweep:data','{"demo": false, "corpus": "@FOLDER@/data/proteins.pt", "subset": "@FOLDER@/data/proteins_sweep.pt", "num_sequences": 30, "source_sequences": 30, "synthetic": true, "manifest": {"kind": "subset", "version": 1, "source": "proteins.pt", "source_size": 8970, "source_fingerprint": "feb7678d7ab06198ee24dcdf4835a305", "n": 10000, "seed": 42, "num_source": 30, "synthetic": true, "source_manifest": {"kind": "corpus", "synthetic": true, "description": "synthetic protein families, evolved from random ancestors by a substitution model", "version": 1, "num_sequences": 30, "seed": 20250101}}, "fingerprint": "feb7678d7ab06198ee24dcdf4835a305", "content": "92d69a733d365a3d70cf7c443848d032", "weights": {"validation": [470, 129], "confirmation": [118, 451]}, "reference": {}}');
INSERT INTO "study_user_attributes" VALUES(3,1,'optsweep:command','["optsweep", "sweep", "study.toml", "--data", "data/proteins.pt", "--name", "half", "--cpu-workers", "1"]');
INSERT INTO "study_user_attributes" VALUES(4,1,'optsweep:created','1795646220.74689');
INSERT INTO "study_user_attributes" VALUES(5,1,'optsweep:definition','{"name": "study", "study": {"type": "random", "trials": 3, "seed": 4, "message": ""}, "budget": {"num_evaluations": 10}, "pruner": {"kind": "median", "percentile": 25.0, "startup": 2, "warmup_fraction": 0.3, "minimum": 2}, "sampler": {"startup": 5}, "settings": {"max_protein_len": 512, "precision": "auto", "compile": "auto", "threads": null, "num_training": null, "num_validation": null, "noise_seed": 0}, "notify": {"command": ""}, "trackers": {"tensorboard": false, "wandb": false, "mlflow": false}, "space": {"optim.lr": {"low": 0.001, "high": 0.05, "log": true}, "optim.decay": {"choices": [0.0, 0.1, 0.2]}}, "presets": [{"name": "slow", "optim.lr": 0.005, "optim.decay": 0.1}, {"name": "fast", "optim.lr": 0.02, "optim.decay": 0.2}], "trainer": {"command": ["python", "script/train.py", "--config", "{config}", "--datafile", "{data}", "--work-dir", "{dir}"], "config": "toml", "template_text": "# The script''s own config; a sweep puts its values in the places of these.\nseed = 0\n\n[optim]\nlr = 0.01\ndecay = 0.1\n", "set": {"seed": "{seed}"}, "flag": "--{name}={value}", "data": "packed", "grace_seconds": 30.0, "metrics": {"kind": "jsonl", "file": "numbers.jsonl", "patterns": [], "value": "valid.loss", "maximize": false, "step": "step", "total": 100.0, "train_loss": ""}}}');
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
INSERT INTO "trial_intermediate_values" VALUES(1,1,1,1.0511101304657719524e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(2,1,2,1.00461048027461763432e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(3,1,3,9.60384191914696150327e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(4,1,4,9.18320121022674240585e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(5,1,5,0.878312557068642,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(6,1,6,8.40260957696704502417e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(7,1,7,8.0406969605362987874e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(8,1,8,7.69647820470564347772e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(9,1,9,7.36908825893878072221e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(10,1,10,7.05770436490727792744e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(11,2,1,1.01707280688754675423e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(12,2,2,8.67607971755094187216e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(13,2,3,0.745484319382437,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(14,2,4,6.45700403950950740927e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(15,2,5,5.64169680087116764966e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(16,2,6,4.97553142692120420331e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(17,2,7,4.43122581497661593985e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(18,2,8,3.98648850082040651088e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(19,2,9,3.62310573521516521289e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(20,2,10,0.332619555894753,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(21,3,1,9.73325699164182545075e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(22,3,2,0.947362916653445,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(23,3,3,9.22092673213933511355e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(24,3,4,0.897496495850122,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(25,4,1,8.51791063443677387567e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(26,4,2,6.24831590385039881141e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(27,4,3,4.76901434081533903697e-01,'FINITE');
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
INSERT INTO "trial_params" VALUES(5,3,'optim.lr',0.0027,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 0.05, "log": true}}');
INSERT INTO "trial_params" VALUES(6,3,'optim.decay',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.0, 0.1, 0.2]}}');
INSERT INTO "trial_params" VALUES(7,4,'optim.lr',0.0419,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.001, "high": 0.05, "log": true}}');
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
INSERT INTO "trial_system_attributes" VALUES(1,1,'artifacts:13e02331-9475-5ff9-987f-2c327a30af9a','"{\"artifact_id\": \"13e02331-9475-5ff9-987f-2c327a30af9a\", \"filename\": \"curve.svg\", \"mimetype\": \"image/svg+xml\", \"encoding\": null}"');
INSERT INTO "trial_system_attributes" VALUES(2,1,'artifacts:a93afabc-0627-5e7b-a2f7-97e51e8e2cae','"{\"artifact_id\": \"a93afabc-0627-5e7b-a2f7-97e51e8e2cae\", \"filename\": \"config.toml\", \"mimetype\": \"text/plain\", \"encoding\": null}"');
INSERT INTO "trial_system_attributes" VALUES(3,1,'artifacts:44738364-a42d-58a6-a85d-71af7a410264','"{\"artifact_id\": \"44738364-a42d-58a6-a85d-71af7a410264\", \"filename\": \"log_tail.txt\", \"mimetype\": \"text/plain\", \"encoding\": null}"');
INSERT INTO "trial_system_attributes" VALUES(4,2,'artifacts:64c9ae68-5a8c-5db8-9bc1-7a7ff38197a0','"{\"artifact_id\": \"64c9ae68-5a8c-5db8-9bc1-7a7ff38197a0\", \"filename\": \"curve.svg\", \"mimetype\": \"image/svg+xml\", \"encoding\": null}"');
INSERT INTO "trial_system_attributes" VALUES(5,2,'artifacts:3ffd55a1-4ed0-52fb-b543-75576bd2b114','"{\"artifact_id\": \"3ffd55a1-4ed0-52fb-b543-75576bd2b114\", \"filename\": \"config.toml\", \"mimetype\": \"text/plain\", \"encoding\": null}"');
INSERT INTO "trial_system_attributes" VALUES(6,2,'artifacts:054bb36e-12df-5b30-a78a-c47f9cc967cb','"{\"artifact_id\": \"054bb36e-12df-5b30-a78a-c47f9cc967cb\", \"filename\": \"log_tail.txt\", \"mimetype\": \"text/plain\", \"encoding\": null}"');
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
INSERT INTO "trial_user_attributes" VALUES(26,1,'optsweep:config','{"parameters": {"optim.lr": 0.005, "optim.decay": 0.1}, "seed": 777545331, "num_evaluations": 10, "trainer": {"command": ["python", "script/train.py", "--config", "{config}", "--datafile", "{data}", "--work-dir", "{dir}"], "config": "toml", "template_text": "# The script''s own config; a sweep puts its values in the places of these.\nseed = 0\n\n[optim]\nlr = 0.01\ndecay = 0.1\n", "set": {"seed": "{seed}"}, "flag": "--{name}={value}", "data": "packed", "grace_seconds": 30.0, "metrics": {"kind": "jsonl", "file": "numbers.jsonl", "patterns": [], "value": "valid.loss", "maximize": false, "step": "step", "total": 100.0, "train_loss": ""}}, "provenance": {"study": "half", "run": "slow", "source": "preset", "trial": 0, "subset": "@FOLDER@/data/proteins_sweep.pt", "optsweep": "0.1.0"}}');
INSERT INTO "trial_user_attributes" VALUES(27,2,'optsweep:config','{"parameters": {"optim.lr": 0.02, "optim.decay": 0.2}, "seed": 1829013454, "num_evaluations": 10, "trainer": {"command": ["python", "script/train.py", "--config", "{config}", "--datafile", "{data}", "--work-dir", "{dir}"], "config": "toml", "template_text": "# The script''s own config; a sweep puts its values in the places of these.\nseed = 0\n\n[optim]\nlr = 0.01\ndecay = 0.1\n", "set": {"seed": "{seed}"}, "flag": "--{name}={value}", "data": "packed", "grace_seconds": 30.0, "metrics": {"kind": "jsonl", "file": "numbers.jsonl", "patterns": [], "value": "valid.loss", "maximize": false, "step": "step", "total": 100.0, "train_loss": ""}}, "provenance": {"study": "half", "run": "fast", "source": "preset", "trial": 1, "subset": "@FOLDER@/data/proteins_sweep.pt", "optsweep": "0.1.0"}}');
INSERT INTO "trial_user_attributes" VALUES(28,3,'optsweep:config','{"parameters": {"optim.lr": 0.0027, "optim.decay": 0.0}, "seed": 91342167, "num_evaluations": 10, "trainer": {"command": ["python", "script/train.py", "--config", "{config}", "--datafile", "{data}", "--work-dir", "{dir}"], "config": "toml", "template_text": "# The script''s own config; a sweep puts its values in the places of these.\nseed = 0\n\n[optim]\nlr = 0.01\ndecay = 0.1\n", "set": {"seed": "{seed}"}, "flag": "--{name}={value}", "data": "packed", "grace_seconds": 30.0, "metrics": {"kind": "jsonl", "file": "numbers.jsonl", "patterns": [], "value": "valid.loss", "maximize": false, "step": "step", "total": 100.0, "train_loss": ""}}, "provenance": {"study": "half", "run": "random-001", "source": "random", "trial": 2, "subset": "@FOLDER@/data/proteins_sweep.pt", "optsweep": "0.1.0"}}');
INSERT INTO "trial_user_attributes" VALUES(29,4,'optsweep:config','{"parameters": {"optim.lr": 0.0419, "optim.decay": 0.2}, "seed": 1146113572, "num_evaluations": 10, "trainer": {"command": ["python", "script/train.py", "--config", "{config}", "--datafile", "{data}", "--work-dir", "{dir}"], "config": "toml", "template_text": "# The script''s own config; a sweep puts its values in the places of these.\nseed = 0\n\n[optim]\nlr = 0.01\ndecay = 0.1\n", "set": {"seed": "{seed}"}, "flag": "--{name}={value}", "data": "packed", "grace_seconds": 30.0, "metrics": {"kind": "jsonl", "file": "numbers.jsonl", "patterns": [], "value": "valid.loss", "maximize": false, "step": "step", "total": 100.0, "train_loss": ""}}, "provenance": {"study": "half", "run": "random-002", "source": "random", "trial": 3, "subset": "@FOLDER@/data/proteins_sweep.pt", "optsweep": "0.1.0"}}');
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
INSERT INTO "trial_values" VALUES(1,1,0,7.05770436490727792744e-01,'FINITE');
INSERT INTO "trial_values" VALUES(2,2,0,0.332619555894753,'FINITE');
INSERT INTO "trial_values" VALUES(3,3,0,0.897496495850122,'FINITE');
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
INSERT INTO "trials" VALUES(1,0,1,'COMPLETE','2026-11-25 22:37:02.172686','2026-11-25 22:37:05.250332');
INSERT INTO "trials" VALUES(2,1,1,'COMPLETE','2026-11-25 22:37:05.289976','2026-11-25 22:37:06.563709');
INSERT INTO "trials" VALUES(3,2,1,'PRUNED','2026-11-25 22:37:06.584641','2026-11-25 22:37:07.278576');
INSERT INTO "trials" VALUES(4,3,1,'RUNNING','2026-11-25 22:37:07.304528',NULL);
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
