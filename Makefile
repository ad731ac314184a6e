# make            build everything for release
# make demo       install what is missing, build, train on a synthetic data set, evaluate, draw overlays
# make test       install what is missing, build, run every test in release mode
# make test-traits  build with all package traits into .build-traits, run the tests that they touch
# make goldens    compare with what the official code computes (PEM_GOLDENS, default ../shared/goldens)
# make install  the programs with the Swift runtime in them, completions and configurations below PREFIX (/usr/local)
# make uninstall  takes them away; both know DESTDIR
# make bench      measure against SGEMM in the same process; writes Benchmarks/RESULTS.md
# make protobuf   write event.pb.swift again, after a change of event.proto; needs protoc (protobuf-compiler)
# make examples   build the package in Examples against this checkout, and run it
# make api        compare what the libraries offer with Docs/API, and build their documentation (DocC)
# make lint       traps in libraries, imports against Package.swift, formatting, file and line lengths

SHELL := /bin/bash
SWIFT ?= $(shell command -v swift || echo /opt/swift/usr/bin/swift)
BUILD := $(SWIFT) build -c release
BIN := .build/release
PEM_GOLDENS ?= ../shared/goldens
export PEM_GOLDENS

.PHONY: all deps build build-tests test test-traits test-install goldens demo install uninstall bench protobuf examples api lint clean

all: build

deps:
	@Tools/install-dependencies.sh

build: deps
	$(BUILD)

# A test bundle that cannot be built is a failure; `swift test` prints the counts.
build-tests: deps
	$(SWIFT) build -c release --build-tests

test: build-tests
	$(SWIFT) test -c release --skip-build

# Optimised C alone: building takes longer than these tests.
TRAITS := --enable-all-traits --scratch-path .build-traits -Xcc -O2
test-traits:
	@Tools/install-dependencies.sh traits
	$(SWIFT) build $(TRAITS) --build-tests
	$(SWIFT) test $(TRAITS) --skip-build --filter 'ImagesTests|ADE20KFull'

goldens: build-tests
	@set -o pipefail; $(SWIFT) test -c release --skip-build --filter GoldenTests 2>&1 | grep -E '^golden|^  |↳|✘|➜|passed|failed'

demo: build
	@Tools/demo.sh $(BIN)

# Those that users run; pem-bench is for this checkout.
PROGRAMS := pem-train pem-eval pem-predict pem-data pem-convert pem-profile pem-doctor
PREFIX ?= /usr/local
export PREFIX DESTDIR

# Only links anew what `make` has compiled, seconds each; `make` after it links them as before.
install: deps
	PEM_STATIC_RUNTIME=1 $(BUILD)
	@Tools/install.sh install $(BIN) $(PROGRAMS)

uninstall:
	@Tools/install.sh uninstall

test-install:
	@Tools/install-test.sh

bench: build
	$(BIN)/pem-bench --output Benchmarks/RESULTS.md --overwrite

EVENTS := Sources/EventFiles/Protocol
PROTOC ?= protoc
protobuf:
	$(SWIFT) build --product protoc-gen-swift
	$(PROTOC) --plugin=.build/debug/protoc-gen-swift --swift_out=$(EVENTS) -I $(EVENTS) event.proto

# Nothing is built twice: the examples share the folder of builds. SwiftPM would go on with the plan that lies there,
# whosever it is, so the plan is removed before and after.
EXAMPLES := output/examples
examples: deps
	rm -f .build/release.yaml
	$(BUILD) --package-path Examples --scratch-path .build
	rm -f .build/release.yaml
	mkdir -p $(EXAMPLES)
	$(BIN)/train-on-own-samples Examples/shapes.cfg $(EXAMPLES)/shapes.safetensors $(EXAMPLES)/shapes.png
	$(BIN)/segment-picture Examples/shapes.cfg $(EXAMPLES)/shapes.safetensors $(EXAMPLES)/shapes.png \
	  $(EXAMPLES)/overlay.png

# Of modules that are built already; `Tools/public-api.sh write .build/release` makes the lists anew.
api:
	@Tools/public-api.sh .build/release

lint:
	@Tools/lint.sh

clean:
	rm -rf .build .build-traits output
