# SPDX-License-Identifier: GPL-2.0-only
# One non-recursive make for everything; each directory's Makefile lists its objects, one per line. All output is below build/.

VERSION := 0.2.0

MAKEFLAGS += -rR --no-print-directory
ifneq ($(filter all demo lint test test-full test-needs kernels,$(MAKECMDGOALS)),)
MAKEFLAGS += -j$(shell nproc) # the caller's -j goes before
endif
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.SUFFIXES:
SHELL := /bin/sh
export LC_ALL := C
export SOURCE_DATE_EPOCH ?= 1767225600

# BOARD implies ARCH; ARCH alone picks that architecture's first board. Without both, tests take every architecture of the table.
# BOARD+KERNEL is the board with another kernel of tests/kernels.tsv.
asked := $(BOARD)$(ARCH)
BOARD_ALONE = $(firstword $(subst +, ,$(BOARD)))
STOCK = $(ARCH)$(BOARD:$(BOARD_ALONE)%=%)
board_field = $(shell awk -F'\t' '!/^\#/ && $(1) { print $$$(2); exit }' tests/boards.tsv)
ifdef ARCH
BOARD ?= $(call board_field,$$2 == "$(ARCH)",1)
else
BOARD ?= qemu-arm64
ARCH := $(call board_field,$$1 == "$(BOARD_ALONE)",2)
endif
ifneq ($(call board_field,$$1 == "$(BOARD_ALONE)",2),$(ARCH))
$(error board '$(BOARD)' is not a board of arch '$(ARCH)'; tests/boards.tsv lists what there is)
endif
ifeq ($(ARCH),)
$(error unknown board '$(BOARD)'; tests/boards.tsv lists what there is)
endif

ARCHES := $(shell awk -F'\t' '!/^\#/ && !seen[$$2]++ { print $$2 }' tests/boards.tsv)
QUICK_ARCHES := $(shell awk -F'\t' '!/^\#/ && $$3 == "quick" && !seen[$$2]++ { print $$2 }' tests/boards.tsv)
TEST_ARCHES := $(if $(asked)$(T),$(ARCH),$(if $(filter test-full kernels,$(MAKECMDGOALS)),$(ARCHES),$(QUICK_ARCHES)))
# Each architecture's first board with each of its other kernels, or the one that was asked for.
KERNEL_BOARDS := $(if $(findstring +,$(BOARD)),$(BOARD),$(shell awk -F'\t' -v a=" $(TEST_ARCHES) " \
	'/^\#/ { next } FNR == NR { if (!first[$$2]) first[$$2] = $$1; next } \
	$$1 != "-" && index(a, " " $$2 " ") { print first[$$2] "+" $$1 }' tests/boards.tsv tests/kernels.tsv))

O := build/$(ARCH)
H := build/host
CACHE := $(shell tools/setup --cache)
export PATH := $(CACHE)/bin:$(PATH)
Q := $(if $(V),,@)
say = $(if $(V),@:,@printf '  %-7s %s\n' $(1) $(2))

# Set-up of what a target needs; order-only, so a look that finds everything rebuilds nothing.
SETUP_ARCH := $(if $(filter test test-full kernels test-needs,$(MAKECMDGOALS)),$(TEST_ARCHES) $(STOCK),$(STOCK))
.PHONY: setup-build setup-kernel setup-qemu setup-run setup-test setup-clang setup-lint
setup-build setup-kernel setup-qemu setup-run setup-test setup-clang setup-lint:
	@ARCH="$(SETUP_ARCH)" tools/setup $(@:setup-%=%)

.PHONY: help
help:
	@echo "Bulkhead $(VERSION): splits a running Linux machine into cells with fixed walls"
	@echo
	@echo "  make demo               boot stock Debian on an emulated board and split it; ends with 'demo: ok'"
	@echo "  make test               host tests and all boards; T=system/NAME or T=unit/NAME for one"
	@echo "  make test-full          also the long runs (soak), and kernels"
	@echo "  make kernels            boots and runs cells with the other kernels of tests/kernels.tsv; BOARD=$(BOARD)+rt is one"
	@echo "  make run                a shell in the root cell; SCRIPT=file FILES=\"a b\" runs a script and exits with its verdict"
	@echo "  make stretch            the longest time in the hypervisor during each system test, and where"
	@echo "  make mutants            opens one wall at a time: each must be caught by its test"
	@echo "  make mutants-apply      only looks whether each still applies; lint does, too"
	@echo
	@echo "  make all                hypervisor, cellctl, inmates, modules"
	@echo "  make modules KERNEL=    the driver for a kernel: a build directory, or nothing for the stock one"
	@echo "  make menuconfig | defconfig | savedefconfig"
	@echo "  make install DESTDIR=   cellctl, image, module, manual"
	@echo "  make lint | budget | trace | compile_commands.json | clean"
	@echo
	@echo "  BOARD=$(BOARD) (ARCH=$(ARCH), of $(ARCHES)); CLANG=1 builds with clang; V=1 shows commands"

# --- configuration ---------------------------------------------------------------------------------------------------------

CONFIG := $(O)/.config

$(CONFIG): | setup-build
	@mkdir -p $(O)
	$(call say,CONFIG,$(BOARD))
	$(Q)tools/kconfig defconfig $(O) configs/$(BOARD_ALONE)/defconfig

$(O)/auto.conf: $(CONFIG) Kconfig tools/kconfig | setup-build
	$(Q)tools/kconfig sync $(O)
	@touch $@ $(O)/include/generated/autoconf.h

$(O)/include/generated/autoconf.h: $(O)/auto.conf
	@touch $@

.PHONY: defconfig savedefconfig menuconfig
defconfig: | setup-build
	$(Q)tools/kconfig defconfig $(O) configs/$(BOARD_ALONE)/defconfig
savedefconfig: $(CONFIG)
	$(Q)tools/kconfig savedefconfig $(O) configs/$(BOARD_ALONE)/defconfig
menuconfig: $(CONFIG)
	$(Q)tools/kconfig menuconfig $(O)

# Goals that need no configuration must not trigger a set-up by including it.
plain_goals := help clean savedefconfig defconfig menuconfig
ifneq ($(filter-out $(plain_goals),$(MAKECMDGOALS)),)
-include $(O)/auto.conf
endif

# --- parts -----------------------------------------------------------------------------------------------------------------

include hypervisor/Makefile
include tools/cellctl/Makefile
include inmates/Makefile
include driver/Makefile
include tests/unit/Makefile
-include tests/system/Makefile
-include tests/bench/Makefile tests/fuzz/Makefile tests/cbmc/Makefile tests/mutants/Makefile tools/man/Makefile
include tools/channel/Makefile
include tools/harness/Makefile

.PHONY: all clean install
all: hypervisor cellctl inmates modules

clean:
	rm -rf build

prefix ?= /usr
# For the machine that is to be split: everything of its architecture.
install: hypervisor cellctl modules
	install -D -m 755 $(O)/cellctl $(DESTDIR)$(prefix)/sbin/cellctl
	install -D -m 644 $(HV_BIN) $(DESTDIR)/lib/firmware/bulkhead-$(ARCH).bin
	install -D -m 644 $(MODULE) $(DESTDIR)/lib/modules/$(MODULE_RELEASE)/extra/bulkhead.ko
	install -D -m 644 tools/man/cellctl.8 $(DESTDIR)$(prefix)/share/man/man8/cellctl.8
	install -D -m 644 tools/completion/cellctl $(DESTDIR)$(prefix)/share/bash-completion/completions/cellctl
	install -D -m 644 hypervisor/include/dt-bindings/bulkhead/cell.h \
		$(DESTDIR)$(prefix)/share/bulkhead/include/dt-bindings/bulkhead/cell.h
	@for f in configs/*/board.dts; do b=$${f%/board.dts}; \
		install -D -m 644 $$f $(DESTDIR)$(prefix)/share/bulkhead/boards/$${b#configs/}.dts; done

# --- checks ----------------------------------------------------------------------------------------------------------------

.PHONY: lint format budget trace compile_commands.json
lint: hypervisor inmates cellctl compile_commands.json | setup-lint
	$(Q)tools/lint $(O)

format: | setup-lint
	git ls-files --cached --others --exclude-standard "*.c" "*.h" | xargs clang-format-14 -i

budget: hypervisor
	$(Q)tools/budget $(O)

trace:
	$(Q)tools/trace

# From make's own dry run: one entry per compiled C file.
compile_commands.json: $(O)/auto.conf | setup-build
	$(Q)$(MAKE) -nB -o $(CONFIG) -o $(O)/auto.conf -o $(O)/include/generated/autoconf.h \
		V=1 hypervisor inmates cellctl run-tool units 2>/dev/null | \
		awk -v dir="$(CURDIR)" -f tools/compile-commands.awk > build/$@.tmp
	$(Q)mv build/$@.tmp build/$@

-include $(shell [ ! -d build ] || find build -name '*.d' -not -path '*/driver-*')
