#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# CPUs without nested paging: enable is refused by the driver's own words, and doctor finds that without trying.
# boards: qemu-x86-amd
# boot: own
# qemu: -cpu max,npt=off
# timeout: 120
# files: BUILD/tests/driver
. /lib/bulkhead/tap.sh
. /lib/bulkhead/unfit.sh

unfit 'these CPUs have no nested paging'
done_testing
