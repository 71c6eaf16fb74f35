# whorl: reproducible experiments. "make help" lists what there is.

# The SIMD kernels need Go's simd experiment; without it the portable ones run.
export GOEXPERIMENT ?= simd
SHELL = bash
.SHELLFLAGS = -o pipefail -c
GO ?= go
DATA ?=
SWEEP ?= experiments/ablation.yaml
ARTIFACTS ?= artifacts
FLAGS ?=
SWEEPS ?= 1000
REPORT = $(ARTIFACTS)/reports/$(basename $(notdir $(SWEEP))).html

# Tools are pinned in tools/go.mod, apart from what the program needs.
TOOL = $(GO) tool -modfile=tools/go.mod

.PHONY: help build experiment test race portable fuzz check claims bench simulate optuna staleness proof clean
help: ## show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile
	@echo "Variables: DATA, SWEEP=$(SWEEP), ARTIFACTS=$(ARTIFACTS), FLAGS='--set train.epochs=2 --jobs 1'"

# Go 1.26 restores all vector registers of a goroutine that it preempted, and on
# some CPUs SHA-256 then takes a hundred times as long on that thread: see
# siamese/kernel. No loop here is so long that it needs to be preempted.
LDFLAGS = -X=runtime.godebugDefault=asyncpreemptoff=1

build: ## build bin/whorl
	$(GO) build -ldflags '$(LDFLAGS)' -o bin/whorl ./cmd/whorl

experiment: build ## run the ablation sweep and write its report [DATA=/path/to/SOCOFing]
	bin/whorl sweep "$(SWEEP)" --artifacts "$(ARTIFACTS)" $(if $(DATA),--data "$(DATA)") --report "$(REPORT)" $(FLAGS)

claims: build ## check the claims of claims.yaml, computing what is stale
	bin/whorl claims check --artifacts "$(ARTIFACTS)"

test: ## run every test
	$(GO) test ./...

# TestFamilies trains in processes of its own, with scalar kernels: slow, and no news.
race: ## look for data races where goroutines share memory
	$(GO) test -race -skip TestFamilies ./pipeline ./pipeline/store/... ./experiments/... ./cli/progress ./stages/ingest ./siamese

portable: ## test what differs without Go's simd experiment, as on other machines
	GOEXPERIMENT= $(GO) test ./siamese/... ./stages/train

# Only one target can be fuzzed at a time. Go sometimes calls it a failure that
# the time is over ("context deadline exceeded"); a real one has an input.
FUZZTIME ?= 5s
fuzz: ## feed each fuzz target with new inputs for FUZZTIME
	@for file in $$(grep -rl '^func Fuzz' --include='*_test.go' *); do \
	  for target in $$(sed -n 's/^func \(Fuzz[A-Za-z]*\).*/\1/p' $$file); do \
	    log=$$($(GO) test -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) ./$$(dirname $$file) 2>&1); code=$$?; \
	    echo "$$target: $$(tail -n 1 <<<"$$log")"; \
	    if [[ $$code != 0 && ( $$log == *'Failing input'* || $$log != *'context deadline exceeded'* ) ]]; then \
	      echo "$$log"; exit 1; \
	    fi; \
	  done; \
	done

check: ## formatting, vet, staticcheck, tidiness, import rules
	@test -z "$$($(TOOL) gofumpt -l . | tee /dev/stderr)" || { echo "run: go tool -modfile=tools/go.mod gofumpt -w ."; exit 1; }
	$(GO) vet ./...
	GOEXPERIMENT= $(GO) vet ./siamese/... ./stages/...
	$(TOOL) staticcheck ./...
	$(GO) mod tidy -diff
	$(GO) test -count=1 -run 'TestImports' .

bench: build ## measure training beside PyTorch, and the engine beside make and others
	mkdir -p $(ARTIFACTS)/bench
	$(GO) run -ldflags '$(LDFLAGS)' ./internal/bench/training -json $(ARTIFACTS)/bench/training.json
	$(GO) run ./internal/bench/engine -whorl bin/whorl -json $(ARTIFACTS)/bench/engine.json

simulate: ## measure by simulation what intervals and verdicts are worth (an hour) [SWEEPS=1000]
	$(GO) run ./internal/bench/simulate -sweeps $(SWEEPS)

optuna: ## compare the search with Debian's python3-optuna, run now
	WHORL_LONG=1 $(GO) test -count=1 -v -run BesideLiveOptuna ./experiments/sweep/search

staleness: ## replay the corpus of edits and print which stages ran
	WHORL_LONG=1 $(GO) test -count=1 -v -timeout 30m -run TestStaleness ./pipeline/proof

proof: ## hundreds of kills, many processes, power losses, random histories (an hour)
	WHORL_LONG=1 $(GO) test -count=1 -v -timeout 90m -run 'Kill|Process|Collect|PowerLoss|Model|DamagedStores' ./pipeline/... ./cmd/whorl

clean: ## delete what was built and generated
	rm -rf bin
	@# Artifacts are read-only, directories too.
	find artifacts -mindepth 1 -maxdepth 1 ! -name README.md -exec chmod -R u+w {} + -exec rm -rf {} +
