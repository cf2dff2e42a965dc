#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Each way a verb can fail has a message and an exit code of its own, and the calls a verb makes are the right ones. The driver is
# cellctl/fake_driver.c, preloaded.
set -u

. tests/unit/cellctl/lib.sh
board=$PWD/configs/qemu-arm64/board.dts

says() { # name, exit code, id, text
	[ "$code" = "$2" ] && grep -qF "error [$3]: " "$dir/err" && grep -qF -- "$4" "$dir/err" && grep -q '; fix: ' "$dir/err"
	result $? "$1"
}

logged() { # name, line...
	name=$1
	shift
	printf '%s\n' "$@" >"$dir/wanted"
	cmp -s "$dir/wanted" "$dir/log"
	result $? "$name"
}

cp tests/unit/checks/other.dts "$dir/plc.dts"
header=$PWD/hypervisor/include/dt-bindings/bulkhead/cell.h
sed -i "s|<dt-bindings/bulkhead/cell.h>|\"$header\"|; /host-address/d; s|^};|\tchosen { kernel = \"k.bin\"; };\n};|" "$dir/plc.dts"
head -c 100 /dev/zero >"$dir/k.bin"
awk '/cpus =/ { print "\tcell-name = \"Bad_Name\";" } 1' "$dir/plc.dts" >"$dir/bad.dts"
cd "$dir" || exit 1

run FAKE_UID=1000 "$cellctl" status
says "not root" 5 not-root "only root"
run FAKE_ABSENT=1 "$cellctl" status
says "no module" 4 no-driver "/dev/bulkhead"
run FAKE_ENABLED=0 FAKE_FAIL="1 2 enable: image /lib/firmware/bulkhead-arm64.bin not found (-2); install the one built with this module" \
	"$cellctl" enable "$board"
says "module without firmware" 1 no-firmware "bulkhead-arm64.bin"
run FAKE_ENABLED=0 "$cellctl" list
says "not enabled: list" 4 not-enabled "not enabled"
run FAKE_ENABLED=0 "$cellctl" create plc.dts -b "$board"
says "not enabled: create" 4 not-enabled "not enabled"
run FAKE_CELL=ticker "$cellctl" show tiker
says "unknown cell" 1 cell-unknown "did you mean 'ticker'?"
run "$cellctl" destory ticker
says "unknown verb" 2 verb-unknown "did you mean 'destroy'?"
run "$cellctl"
says "no verb" 2 usage "no verb"
run "$cellctl" show
says "missing operand" 2 usage "CELL"
run "$cellctl" create bad.dts -b "$board"
says "bad name" 3 name-syntax "Bad_Name"
dtc -q -I dts -O dtb "$board" | dtc -q -I dtb -O dts - | sed '/cpu@3 {/,/};/d' | dtc -q -I dts -O dtb -o fdt -
run FAKE_ENABLED=0 "$cellctl" enable "$board"
says "board is not this machine, by its tree" 1 board-mismatch "4 CPUs, this machine 3"
rm -f fdt
run FAKE_ENABLED=0 FAKE_FAIL="1 6 enable: board CPU 2 (hwid 0x2) is not in this machine; use its own board file" "$cellctl" enable "$board"
says "board is not this machine, by the driver" 1 board-mismatch "board CPU 2"
run FAKE_FAIL="3 16 cell plc: host range 0x60000000-0x60400000 not free (-16); leave out host-address or take other RAM" \
	"$cellctl" create plc.dts -b "$board"
says "host range not free" 1 memory-busy "0x60000000-0x60400000"
run FAKE_ABI=0x70001 "$cellctl" status
says "version mismatch: module" 1 version-mismatch "9.9.9 (ABI 7.1)"
run FAKE_FAIL="9 22" "$cellctl" status
says "version mismatch: other structures" 1 version-mismatch "do not fit together"
run FAKE_ENABLED=0 FAKE_FAIL="1 71 enable: bulkhead-arm64.bin has ABI 7.0, this module 0.2; install both from one build" \
	"$cellctl" enable "$board"
says "version mismatch: image" 1 version-mismatch "ABI 7.0"
run FAKE_FAIL="3 16 device amba/9040000.pl011 is in use by getty (pid 7) through ttyAMA1; stop it first" \
	"$cellctl" create plc.dts -b "$board"
says "device in use" 1 device-in-use "getty"
run FAKE_ENABLED=0 FAKE_FAIL="1 16 enable: KVM in use by qemu (pid 7); stop its virtual machine first" "$cellctl" enable "$board"
says "KVM in use" 1 kvm-in-use "qemu"
run FAKE_FAIL="2 16 disable: cell plc exists; run cellctl destroy plc first" "$cellctl" disable
says "disable with cells" 1 cell-exists "plc"
run FAKE_CELL=plc FAKE_FAIL="7 1 cell plc is critical and runs; use stop --force" "$cellctl" stop plc
says "critical cell" 1 cell-critical "critical"
run FAKE_CELL=plc FAKE_FAIL="8 110" "$cellctl" destroy plc
says "timed out" 6 timed-out "timed out"
run FAKE_CELL=plc "$cellctl" create plc.dts -b "$board"
says "cell exists" 3 name-duplicate "'plc' already"
run FAKE_CELL=else "$cellctl" create plc.dts -b "$board"
says "CPU of a live cell" 3 cpu-owned "cell 'else'"

run "$cellctl" boot plc.dts -b "$board"
logged "boot calls" "prepare 1 devices amba/9040000.pl011" create "load 2 0x40000000 100" "start 2 0x40000000 0x40400000"
run FAKE_FAIL="6 22 cell plc is created, and start does not apply; cellctl help states shows what does" \
	"$cellctl" boot plc.dts -b "$board"
says "boot that cannot start" 1 cell-state "created"
logged "and leaves no cell" "prepare 1 devices amba/9040000.pl011" create "load 2 0x40000000 100" "destroy 2 flags 1"
run "$cellctl" create plc.dts -b "$board"
logged "create calls" "prepare 1 devices amba/9040000.pl011" create
run FAKE_CELL=plc "$cellctl" start plc
says "start with nothing loaded" 1 cell-state "nothing was loaded"
run FAKE_CELL=plc "$cellctl" load plc -b "$board"
logged "load of what the file names" "load 1 0x40000000 100"
run FAKE_CELL=plc "$cellctl" load plc k.bin@0x40100000 -b "$board"
logged "load of a file at an address" "load 1 0x40100000 100"
run FAKE_CELL=plc "$cellctl" start plc
logged "start where the kernel is" "start 1 0x40000000 0x40400000"
run FAKE_CELL=plc "$cellctl" start plc --entry 0x40000040 --argument 5
logged "start elsewhere" "start 1 0x40000040 0x5"
run FAKE_CELL=plc "$cellctl" load plc k.bin@0x50000000 -b "$board"
says "load outside the cell" 3 file-too-big "0x50000000"
run FAKE_CELL=plc "$cellctl" stop plc --force
logged "stop by force" "stop 1 flags 1"
run FAKE_CELL=plc "$cellctl" suspend plc
logged "suspend" "suspend 1 flags 0"
run FAKE_CELL=plc "$cellctl" resume plc
logged "resume" "resume 1 flags 0"
run FAKE_CELL=plc FAKE_STATE=5 "$cellctl" shutdown plc
logged "shutdown asks" "shutdown 1 flags 0"
result $? "and is done when the cell has stopped"
run FAKE_CELL=plc FAKE_STATE=3 FAKE_ANSWER=0x202 "$cellctl" shutdown plc
says "shutdown refused by the guest" 1 shutdown-refused "refuses to shut down; it goes on"
run FAKE_CELL=plc FAKE_STATE=3 FAKE_ANSWER=0x102 "$cellctl" shutdown plc --timeout 0
says "an answer to another request is none" 6 timed-out "did not look"
run FAKE_CELL=plc FAKE_STATE=3 FAKE_ANSWER=0x201 "$cellctl" shutdown plc --timeout 0
says "shutdown seen and not done" 6 timed-out "saw the request"
run FAKE_CELL=plc FAKE_STATE=6 "$cellctl" shutdown plc
says "shutdown that ends in a fault" 1 cell-state "is failed now"
run "$cellctl" shutdown plc --timeout soon
result "$([ $code = 2 ]; echo $?)" "a timeout that is no number"
run FAKE_ENABLED=0 "$cellctl" enable "$board" --confirm 30
logged "enable on trial" "enable 4 cpus" "confirm within 30 s"
run FAKE_ENABLED=0 "$cellctl" enable "$board" --confirm 0
result "$([ $code = 2 ]; echo $?)" "a trial of no time"
run "$cellctl" confirm
logged "confirm" "confirm 0 flags 0"
run FAKE_FAIL="19 114 confirm: no launch is on trial; use enable --confirm SECONDS" "$cellctl" confirm
says "nothing to confirm" 1 launch-settled "no launch"
run FAKE_FAIL="18 16 lock: the launch is not confirmed; run cellctl confirm first" "$cellctl" lock
says "lock of a launch on trial" 1 launch-unconfirmed "not confirmed"
run "$cellctl" lock
logged "lock" "lock 0 flags 0"
run FAKE_CELL=plc FAKE_FAIL="8 1 cell plc: the machine is locked, and nothing changes its owner; reset the machine" "$cellctl" destroy plc
says "destroy on a locked machine" 1 machine-locked "locked"
run FAKE_FAIL="2 1 disable: the machine is locked; reset the machine" "$cellctl" disable
says "disable of a locked machine" 1 machine-locked "locked"
run FAKE_CELL=plc FAKE_FAIL="7 1 cell plc is critical and the machine is locked: stop is refused; ask by cellctl shutdown" \
	"$cellctl" stop plc --force
says "stop of a critical cell on a locked machine" 1 cell-critical "locked"
run FAKE_CELL=plc FAKE_STATE=3 "$cellctl" reset plc -b "$board"
logged "reset stops, loads and starts" "stop 1 flags 0" "load 1 0x40000000 100" "start 1 0x40000000 0x40400000"
run FAKE_CELL=plc FAKE_STATE=2 "$cellctl" reset plc -b "$board"
logged "reset of what does not run" "load 1 0x40000000 100" "start 1 0x40000000 0x40400000"
run FAKE_CELL=plc FAKE_STATE=1 "$cellctl" reset plc -b "$board"
says "reset of what was never loaded" 1 cell-state "created"
mv k.bin away.bin
run FAKE_CELL=plc FAKE_STATE=3 "$cellctl" reset plc -b "$board"
says "reset without its files" 3 file-missing "k.bin"
[ ! -e log ]
result $? "which stops nothing"
mv away.bin k.bin
run FAKE_CELL=plc "$cellctl" destroy plc
logged "destroy" "destroy 1 flags 0"
[ ! -e run/plc.cell ]
result $? "destroy forgets the cell"
run FAKE_ENABLED=0 "$cellctl" enable "$board"
logged "enable" "enable 4 cpus"

"$cellctl" compile plc.dts -b "$board" -o plc.cell >out 2>err
result $? "compile"
run "$cellctl" boot plc.cell -b "$board"
logged "boot of a compiled cell" "prepare 1 devices amba/9040000.pl011" create "load 2 0x40000000 100" "start 2 0x40000000 0x40400000"

for verb in status list "show plc" "console plc" stats version explain help "check plc.dts -b $board" "board -b $board" "destory x"; do
	# shellcheck disable=SC2086 # verb and operands
	run FAKE_CELL=plc "$cellctl" --json $verb
	schema=${verb%% *}
	[ "$schema" = destory ] && schema=usage
	grep -q "^{\"schema\":\"bulkhead\.$schema/1\",.*\"ok\":[a-z]*,\"messages\":\[.*\]}\$" out && [ "$(wc -l <out)" = 1 ] && [ ! -s err ]
	result $? "JSON of $verb"
	# No brace or quote without its partner, nothing a parser would stumble over.
	sed 's/\\.//g; s/"[^"]*"/s/g' out | awk '{ while (gsub(/\{(s:[^{}\[\]]*)?\}|\[[sn0-9a-z,]*\]/, "s")) ; exit !/^s$/ }'
	result $? "well-formed JSON of $verb"
done
run BULKHEAD_STOP_AT=prepare timeout 5 "$cellctl" --steps boot
[ "$(tr '\n' ' ' <out)" = "prepare create load start " ]
result $? "steps of boot"
echo "1..$n"
exit $failed
