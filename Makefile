# `make demo` and `make test` each work alone on a machine that has only Go.

GO        ?= go
BIN       := bin/paperlight
OUT       := out
VERSION   ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS   := -s -w -X main.version=$(VERSION)
GOLANGCI  := .cache/bin/golangci-lint
GOLANGCI_VERSION := v2.15.0

export CGO_ENABLED := 0
export GOTOOLCHAIN := local
export GOFLAGS := -buildvcs=false

.PHONY: help compile build demo test race tidy deadcode vulnerabilities lint vet fmt docs mutants damage disclosure hostile golden fuzz bench baseline england microbench oracles peers peers-python fleet cross windows browser modules licences resources release reproducible

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build bin/paperlight
	$(GO) build -ldflags '$(LDFLAGS)' -o $(BIN) ./cmd/paperlight

demo: build ## make a practice, check it, and write out/demo.html
	@rm -rf $(OUT)/demo $(OUT)/worklists && mkdir -p $(OUT)
	$(BIN) generate $(OUT)/demo --patients 4000 --seed 7
	$(BIN) check $(OUT)/demo --allow-test-numbers --fail-on never --worklist $(OUT)/worklists --format text --format html=$(OUT)/demo.html --format json=$(OUT)/demo.json
	@echo
	@echo "The same as a page: $(OUT)/demo.html   The records to put right: $(OUT)/worklists/"

# go test prints nothing of a package that passes, and so nothing of what it
# left out: tests note it in a list, whose name differs so that no run is taken
# from the cache.
test: ## run all tests, and name those left out for want of ../shared
	@list=$$(mktemp); status=0; PAPERLIGHT_SKIPPED=$$list $(GO) test -timeout 20m ./... || status=$$?; sort $$list; rm -f $$list; exit $$status
	$(GO) test -tags purego ./analyzer/internal/kernel ./analyzer/source # without wide instructions

# What shares memory between goroutines: the engine, and what it reads with.
RACE ?= ./analyzer ./analyzer/internal/... ./analyzer/source ./analyzer/mapping

race: ## run the short tests of engine and reading under the race detector (needs a C compiler; RACE=./analyzer/... for more)
	CGO_ENABLED=1 $(GO) test -race -short $(RACE)

tidy: ## fail where go.mod or go.sum is not what go mod tidy makes of them
	$(GO) mod tidy -diff

vet: ## go vet
	$(GO) vet ./...

fmt: ## fail if a file is not formatted
	@test -z "$$(gofmt -l $$(git ls-files '*.go'))" || { gofmt -l $$(git ls-files '*.go'); exit 1; }

$(GOLANGCI):
	GOBIN=$(CURDIR)/.cache/bin GOFLAGS=-buildvcs=false $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)

deadcode: ## fail on functions that no command reaches (.ci/dead-code-allowed lists those that stay)
	.ci/dead-code

vulnerabilities: ## fail on known vulnerabilities that a command reaches (asks their database)
	.ci/vulnerabilities

lint: $(GOLANGCI) ## golangci-lint at its pinned version
	$(GOLANGCI) run ./...

compile: ## work out rules/catalogue.bin of the published rules
	$(GO) generate ./rules ./analyzer/mapping

docs: compile build ## write the generated pages under docs/
	$(BIN) rules docs docs/rules
	$(BIN) schema > docs/schema.md
	$(GO) test ./analyzer/fairness -run TestCoveragePageIsCurrent -update

mutants: build ## ask that the cases of rules notice every small change of a condition and a definition
	$(BIN) rules test --mutate --definitions

damage: ## damage practices in every way and print what that broke (about 20 minutes on two cores)
	$(GO) test ./analyzer/damage -run TestDamageNeverHelps -full -timeout 4h -v

hostile: ## read the hostile corpus as every table, and damaged extracts by the thousand (about an hour on two cores)
	$(GO) test ./cmd/paperlight -run 'Hostile|Damaged|SoundExtracts|WhateverStepFails|WhereverItStopped|HoldsARunOnly|WholeOrNotThere|EveryRunGives|Kills|MemoryThatIsRefused' -kills 400 -repeats 120 -every-step -every-table -mutants 20000 -processes 2000 -timeout 6h -v
	$(GO) test ./analyzer/evidence -run Planted -every-fault -timeout 1h -v
	$(GO) test ./analyzer/history -run 'Kills|Damaged' -kills 50 -mutants 20000 -timeout 1h -v

AREAS ?= 10000

disclosure: ## attack 10,000 random tables and 10,000 areas that were published (about 12 minutes on two cores; AREAS=1000 for less)
	$(GO) test ./analyzer/score -run 'SmallCount|SmallChange|LookAlike' -tables 10000 -timeout 1h -v
	$(GO) test ./analyzer/area -run 'SmallCount|Sharp' -areas $(AREAS) -timeout 1h -v

# The packages that know -update are those whose tests import internal/fixture.
KNOWS_UPDATE := {{range .TestImports}}{{if eq . "paperlight/internal/fixture"}}{{$$.ImportPath}}{{end}}{{end}} {{range .XTestImports}}{{if eq . "paperlight/internal/fixture"}}{{$$.ImportPath}}{{end}}{{end}}

golden: ## rewrite golden files; read the diff before committing
	@status=0; $(GO) test $$($(GO) list -f '$(KNOWS_UPDATE)' ./... | sort -u) -update || status=$$?; \
	$(MAKE) docs && exit $$status # docs: -update leaves docs/rules without the manifest that rules docs writes

FUZZTIME ?= 60s

fuzz: ## run every fuzz target for a minute (FUZZTIME=10s for less)
	@packages=$$($(GO) list ./...) || exit 1; failed=0; for p in $$packages; do \
	targets=$$($(GO) test -list '^Fuzz' $$p) || exit 1; for f in $$(echo "$$targets" | grep '^Fuzz'); do \
		$(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1x $$p || failed=1; done; done; exit $$failed

bench: ## what whole runs cost now against the last tag, over a practice of the published shape (COMMIT=abc123 for another); fails where one is slower
	$(GO) run ./benchmarks/against $(if $(COMMIT),-commit $(COMMIT)) $(if $(PAIRS),-pairs $(PAIRS))

baseline: ## measure benchmarks/guard/baseline.json anew, which CI holds the speed to (commit all else first; on a quiet machine of CI's kind)
	$(GO) run ./benchmarks/guard -make

england: build ## what judging every practice of England costs: REAL=24 made and read, STATES=6000 merged (some 15 minutes of processor time)
	$(GO) run ./benchmarks/england -paperlight $(BIN) $(if $(REAL),-real $(REAL)) $(if $(STATES),-states $(STATES))

microbench: ## micro-benchmarks, six samples, for benchstat
	$(GO) test -run '^$$' -bench . -count 6 -benchmem ./benchmarks/... ./analyzer/internal/kernel ./analyzer/internal/cohort ./analyzer/source ./analyzer/mapping

PEERS := benchmarks/peers/node_modules/.package-lock.json

$(PEERS): benchmarks/peers/package-lock.json
	@command -v npm >/dev/null || { echo "node and npm are not installed: without them there is nothing to compare with"; exit 1; }
	cd benchmarks/peers && npm ci --no-audit --no-fund || { echo "npm could not install what benchmarks/peers/package-lock.json names; it needs a package registry, and some 730 MB"; exit 1; }

oracles: $(PEERS) ## hold every count of every practice to DuckDB, Polars and ClickHouse, on small data (needs node and npm)
	cd benchmarks/peers && CI=true $(GO) test ./...

PYTHON_PEERS := $(patsubst benchmarks/peers/python/requirements/%.txt,benchmarks/peers/python/.venv/%/installed,$(wildcard benchmarks/peers/python/requirements/*.txt))

benchmarks/peers/python/.venv/%/installed: benchmarks/peers/python/requirements/%.txt
	python3 -m venv $(@D) && $(@D)/bin/pip install -q --disable-pip-version-check -r $< && touch $@

peers-python: $(PYTHON_PEERS) ## install the peers that are Python packages, some 4 GB (needs python3, and Java 17 with mvn for PyDeequ)
	command -v mvn >/dev/null && mvn -q -B dependency:get -Dartifact=com.amazon.deequ:deequ:2.0.7-spark-3.5 -Dtransitive=false || echo "no jar of Deequ: PyDeequ is left out"

peers: peers-python ## paperlight beside other engines and tools, and which goals are met (ROWS=practice, small or full; DATA=folder; N=rounds)
	command -v mlr >/dev/null || apt-get install -y miller || echo "no miller: its figures are left out"
	cd benchmarks/peers && npm ci --no-audit --no-fund && CGO_ENABLED=0 $(GO) run . --rows $(or $(ROWS),practice) $(if $(DATA),--data $(DATA)) $(if $(N),-n $(N))

FLEET := .cache/fleet-venv
VERSITYGW := .cache/bin/versitygw-v1.8.0

$(FLEET)/installed: benchmarks/fleet/requirements.txt benchmarks/fleet/requirements-build.txt
	@command -v java >/dev/null || { echo "java is not installed: Spark needs version 17 or later (apt-get install openjdk-17-jre-headless)"; exit 1; }
	@command -v python3 >/dev/null || { echo "python3 is not installed: the job on Spark is written in it"; exit 1; }
	python3 -m venv --clear $(FLEET)
	$(FLEET)/bin/pip install -q --require-hashes -r benchmarks/fleet/requirements-build.txt && $(FLEET)/bin/pip install -q --require-hashes --no-build-isolation -r benchmarks/fleet/requirements.txt \
		|| { echo "pip could not install what benchmarks/fleet/requirements.txt names; it needs a package registry, some 1.5 GB, and Python 3.11 or later on Linux"; exit 1; }
	@touch $@

$(VERSITYGW):
	mkdir -p .cache/bin && GOBIN=$(CURDIR)/.cache/bin GOFLAGS='-buildvcs=false' $(GO) install github.com/versity/versitygw/cmd/versitygw@v1.8.0 && mv .cache/bin/versitygw $@

# The program with the shards of a bucket, in the module that alone knows of buckets.
.cache/bin/bring: $(wildcard benchmarks/fleet/bring/*.go) benchmarks/fleet/go.mod benchmarks/fleet/go.sum
	mkdir -p .cache/bin && cd benchmarks/fleet && $(GO) test ./... && $(GO) build -o $(CURDIR)/$@ ./bring

fleet: build .cache/bin/bring $(FLEET)/installed $(if $(SMOKE),,$(VERSITYGW)) ## many practices on a Spark cluster of processes, with workers killed (needs java, python3; SMOKE=1 for a minute of it)
	$(FLEET)/bin/python benchmarks/fleet/trial.py --work $(OUT)/fleet --paperlight $(CURDIR)/$(BIN) --bring $(CURDIR)/.cache/bin/bring \
		$(if $(SMOKE),--smoke,--versitygw $(CURDIR)/$(VERSITYGW)) $(if $(SEED),--seed $(SEED))

cross: ## build for Windows and macOS
	GOOS=windows GOARCH=amd64 $(GO) build -trimpath -o /dev/null ./cmd/paperlight # as a release: what is built here serves it
	GOOS=darwin GOARCH=arm64 $(GO) build -trimpath -o /dev/null ./cmd/paperlight

windows: ## run the program for Windows and its tests under wine (PART=run or PART=tests for one); says so where wine is missing
	.ci/windows $(PART)

AXE := browsertests/node_modules/.package-lock.json

$(AXE): browsertests/package-lock.json
	@command -v npm >/dev/null || { echo "node and npm are not installed: the browser tests need them for axe-core"; exit 1; }
	cd browsertests && npm ci --no-audit --no-fund || { echo "npm could not install axe-core, which browsertests/package-lock.json names; it needs a package registry"; exit 1; }

CHROMIUM ?= chromium

browser: ## drive a real browser over the page (needs chromium and npm; CHROMIUM=path, RUN=name, PICTURES=folder; some 3 minutes)
	@command -v "$(CHROMIUM)" >/dev/null || { echo "there is no chromium: install it (apt-get install chromium), or name it: make browser CHROMIUM=/path/of/chromium"; exit 1; }
	@$(MAKE) --no-print-directory build $(AXE)
	cd browsertests && PAPERLIGHT_SHARED="$${PAPERLIGHT_SHARED:-$(CURDIR)/../shared}" CHROMIUM="$(CHROMIUM)" $(GO) test -count 1 -timeout 20m ./... -parallel 2 $(if $(RUN),-run '$(RUN)') $(if $(PICTURES),-pictures $(abspath $(PICTURES)))

modules: ## vet nested modules, their tests too
	@for m in $$(git ls-files '*/go.mod'); do (cd $$(dirname $$m) && $(GO) vet ./...) || exit 1; done

licences: ## write THIRD_PARTY_LICENCES.txt from what is linked
	$(GO) run ./release licences

resources: ## write the icon, version and manifest that the program for Windows is linked with
	$(GO) run ./release resources

release: ## build the archives of a version into dist/ (VERSION=v1.2.3; DIRTY=1 for a trial)
	@[ "$(origin VERSION)" != file ] || { echo "which version? make release VERSION=v1.2.3"; exit 64; }
	$(GO) run ./release build $(if $(DIRTY),-dirty) $(foreach t,$(TARGETS),-target $(t)) $(VERSION)

reproducible: ## build every archive in two clones and compare (some 20 minutes; TARGETS="linux/amd64" for some)
	.ci/reproducible --fresh $(TARGETS)
