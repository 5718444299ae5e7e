# Waybill: the commands people type. Bare `make` prints them.

SHELL := /bin/sh
# Installed under names of their own, beside the originals.
DROP_INS := m4 makemap sendmail
# Further names of sendmail, which tell it what to do.
SENDMAIL_NAMES := mailq newaliases
COMMANDS := $(DROP_INS) waybill
BUILD := .build/release
SWIFT_BUILD := swift build -c release --explicit-target-dependency-import-check error
BIN := .build/bin
PREFIX ?= /usr/local
BENCH_RUNS ?= 5
FUZZ_SECONDS ?= 60

.PHONY: help deps peers build test demo bench check golden fuzz install

help:
	@echo 'make deps     install what the build needs (libdb-dev, libyaml-dev)'
	@echo 'make peers    unpack the real m4, sendmail and Postfix into .build/peers'
	@echo 'make build    build all commands into $(BIN)'
	@echo 'make test     set everything up and run every test'
	@echo 'make demo     set everything up and do the main job on the examples'
	@echo 'make bench    measure peer and ours in turn; BENCH_RUNS=$(BENCH_RUNS)'
	@echo 'make check    formatting, the examples, layers, bad input, and what the commands link'
	@echo 'make golden   write expected files anew, for review as a diff; fails when it changes one'
	@echo 'make fuzz     run the parsers on noise for a while; FUZZ_SECONDS=$(FUZZ_SECONDS)'
	@echo 'make install  copy the commands and the library below PREFIX=$(PREFIX)'

# The headers say whether the packages are there, however they came.
deps:
	@if [ -e /usr/include/db.h ] && [ -e /usr/include/yaml.h ]; then :; \
	elif ! command -v apt-get >/dev/null; then \
	  echo 'make deps: install the headers of Berkeley DB 5.3 and libyaml' >&2; exit 69; \
	elif [ "$$(id -u)" = 0 ]; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq libdb-dev libyaml-dev; \
	elif sudo -n true 2>/dev/null; then \
	  sudo apt-get update -qq && sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq libdb-dev libyaml-dev; \
	else \
	  echo 'make deps: run this once: sudo apt-get install libdb-dev libyaml-dev' >&2; exit 69; \
	fi

peers:
	@sh Tests/Peers/unpack.sh .build/peers
	@sh Tests/Peers/sources.sh .build/peers || echo 'make peers: tests of autoconf are skipped' >&2

build: deps
	$(SWIFT_BUILD)
	@mkdir -p $(BIN)
	@for command in $(COMMANDS); do ln -sf ../release/$$command $(BIN)/$$command; done
	@for name in $(SENDMAIL_NAMES); do ln -sf sendmail $(BIN)/$$name; done

test: deps peers build
	$(SWIFT_BUILD) --build-tests
	@sh Tests/run.sh

demo: deps peers build
	@sh examples/demo.sh

bench: peers build
	@for bench in Tests/Bench/*.sh; do BENCH_RUNS=$(BENCH_RUNS) bash "$$bench" || exit 1; done

# What every change must leave quiet. The sites are those that people copy.
check: build
	swift format lint --strict --recursive Sources Tests Package.swift
	@for site in examples/*/sendmail.mc; do $(BIN)/waybill check "$$site" || exit 1; done
	@$(BIN)/waybill test examples/*/routes.yaml
	@for command in m4 makemap sendmail; do \
	  if ldd $(BUILD)/$$command >/dev/null 2>&1; then echo "$$command is linked dynamically" >&2; exit 1; fi; \
	done
	$(SWIFT_BUILD) --build-tests
	@sh Tests/run.sh --filter 'ArchitectureTests|CommandTests'

# The differences it writes are to be looked at, so it fails where there are any.
golden: build
	$(SWIFT_BUILD) --build-tests
	WAYBILL_GOLDEN=1 sh Tests/run.sh --filter GoldenTests

# Each turn gives the tests that work on noise another seed. A debug build checks more.
fuzz: deps
	swift build --build-tests
	@end=$$(($$(date +%s) + $(FUZZ_SECONDS))); turn=0; while :; do \
	  turn=$$((turn + 1)); echo "make fuzz: turn $$turn (WAYBILL_SEED=$$turn)"; \
	  WAYBILL_SEED=$$turn swift test --skip-build --disable-xctest --filter '[Nn]oise|[Ff]uzz|BerkeleyDBReader|TableText' || exit 1; \
	  [ "$$(date +%s)" -lt "$$end" ] || break; \
	done

install: build
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/waybill
	install -m 755 $(BUILD)/waybill $(DESTDIR)$(PREFIX)/bin/waybill
	for command in $(DROP_INS); do install -m 755 $(BUILD)/$$command $(DESTDIR)$(PREFIX)/bin/waybill-$$command; done
	for name in $(SENDMAIL_NAMES); do ln -sf waybill-sendmail $(DESTDIR)$(PREFIX)/bin/waybill-$$name; done
	cp -R macros $(DESTDIR)$(PREFIX)/share/waybill/
	install -d $(DESTDIR)$(PREFIX)/share/man/man1 $(DESTDIR)$(PREFIX)/share/man/man8
	for page in docs/man/*.[18]; do \
	  name=$${page##*/}; case $$name in waybill.*) ;; *) name=waybill-$$name ;; esac; \
	  install -m 644 $$page $(DESTDIR)$(PREFIX)/share/man/man$${page##*.}/$$name; \
	done
