#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Harts without bit manipulation: enable is refused by the driver's own words, and doctor finds that without trying.
# boards: qemu-riscv-aia
# boot: own
# qemu: -cpu rv64,h=true,sstc=true,zbs=false
# timeout: 120
# files: BUILD/tests/driver
. /lib/bulkhead/tap.sh
. /lib/bulkhead/unfit.sh

unfit 'these harts have no bit manipulation \(Zba, Zbb, Zbs\)'
done_testing
