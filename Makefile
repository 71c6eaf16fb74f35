# whorl: reproducible experiments. "make help" lists what there is.

# The SIMD kernels need Go's simd experiment; without it the portable ones run.
export GOEXPERIMENT ?= simd
GO ?= go
DATA ?=
SWEEP ?= experiments/ablation.yaml
ARTIFACTS ?= artifacts
FLAGS ?=
REPORT = $(ARTIFACTS)/reports/$(basename $(notdir $(SWEEP))).html

# Tools are pinned in tools/go.mod, apart from what the program needs.
TOOL = $(GO) tool -modfile=tools/go.mod

.PHONY: help build experiment test check bench staleness clean
help: ## show this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' Makefile

# Preempted in the middle of a kernel, Go 1.26 leaves the upper halves of the
# vector registers dirty, and SHA-256 then runs a hundred times slower on that
# thread: see siamese/kernel. Kernels are short; they need no preemption.
LDFLAGS = -X=runtime.godebugDefault=asyncpreemptoff=1

build: ## build bin/whorl
	$(GO) build -ldflags '$(LDFLAGS)' -o bin/whorl ./cmd/whorl

experiment: build ## run the ablation sweep and write its report [DATA=/path/to/SOCOFing]
	bin/whorl sweep $(SWEEP) --artifacts $(ARTIFACTS) $(if $(DATA),--data "$(DATA)") --report $(REPORT) $(FLAGS)

test: ## run every test
	$(GO) test ./...

check: ## formatting, vet, staticcheck, tidiness, import rules
	@test -z "$$($(TOOL) gofumpt -l . | tee /dev/stderr)" || { echo "run: go tool -modfile=tools/go.mod gofumpt -w ."; exit 1; }
	$(GO) vet ./...
	GOEXPERIMENT= $(GO) vet ./siamese/... ./stages/...
	$(TOOL) staticcheck ./...
	$(GO) mod tidy -diff
	$(GO) test -count=1 -run 'TestImports' .

bench: ## measure training beside PyTorch, and the engine beside make and others
	mkdir -p $(ARTIFACTS)/bench
	$(GO) run -ldflags '$(LDFLAGS)' ./stages/train/bench -json $(ARTIFACTS)/bench/training.json

staleness: ## replay the corpus of edits and print which stages ran
	$(GO) test -count=1 -v -run TestStaleness ./pipeline/proof

clean: ## delete what was built and generated
	rm -rf bin
	find artifacts -mindepth 1 ! -name README.md -delete
