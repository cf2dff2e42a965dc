#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A riscv board with AIA: the blob, what a board may lack, the device tree of a Linux cell, what is loaded where, what is shown.
#
set -u

. tests/unit/cellctl/lib.sh
export FAKE_MACHINE=riscv64

header=$PWD/hypervisor/include/dt-bindings/bulkhead/cell.h
cp configs/qemu-riscv-aia/board.dts "$dir/board.dts"
sed "s|<dt-bindings/bulkhead/cell.h>|\"$header\"|" cells/qemu-riscv-aia/linux.dts >"$dir/linux.dts"
cd "$dir" || exit 1

# --- the blob --------------------------------------------------------------------------------------------------------------

run FAKE_ENABLED=0 "$cellctl" enable board.dts
[ "$code" = 0 ] && [ "$(cat log)" = "enable 4 cpus" ]
result $? "enable [CFG-002]"
words() { od -An -v -tx8 -w8 -j"$1" -N"$2" blob | tr -s '\n' ' ' | sed 's/^ //; s/ $//'; } # offset, bytes
[ "$(wc -c <blob)" = 328 ] && [ "$(words 16 8)" = 0000000500030001 ]
result $? "blob: size, type, architecture, sections [CFG-002]"
[ "$(words 160 64)" = "0000000000000000 0000000000000000 0000000000000001 0000000100000000 \
0000000000000002 0000000200000000 0000000000000003 0000000300000000" ]
result $? "blob: CPUs, hart id and index of the interrupt file [CFG-002]"
[ "$(words 224 48)" = "0000000800000000 0000000010000000 0000000000000002 0000000000000000 0000000000989680 0000000000000040" ]
result $? "blob: limit, UART, counter, cache blocks [CFG-002]"
[ "$(words 272 24)" = "000000000d000000 0000000000008000 0000000000000060" ]
result $? "blob: APLIC [CFG-002]"
[ "$(words 296 32)" = "0000000028000000 0000000200000002 0000001800000000 00000000000000ff" ]
result $? "blob: IMSIC [CFG-002]"
sed 's/reg = <0x0 0x28000000 0x0 0x10000>/reg = <0x0 0x28000000 0x0 0x8000>, <0x0 0x29000000 0x0 0x8000>/
	s/riscv,guest-index-bits = <2>;/& riscv,hart-index-bits = <1>; riscv,group-index-bits = <1>;/' board.dts >groups.dts
run FAKE_ENABLED=0 "$cellctl" enable groups.dts
[ "$(words 296 24)" = "0000000028000000 0000000100000002 0000001800000001" ]
result $? "interrupt files in two groups [CFG-002]"
[ "$(words 168 8) $(words 184 8) $(words 200 8) $(words 216 8)" = "0000000000000000 0000000100000000 0000000200000000 0000000300000000" ]
result $? "their indices [CFG-002]"

# --- what a board may lack ----------------------------------------------------------------------------------------------------

lacks() { # name, sed script, text
	sed "$2" board.dts >lacking.dts
	run "$cellctl" board lacking.dts
	[ "$code" = 3 ] && grep -qF "error [board-invalid]: " err && grep -qF -- "$3" err && grep -q '; fix: ' err
	result $? "$1 [MSG-001]"
}

lacks "PLIC only" 's/riscv,aplic/sifive,plic-1.0.0/; s/riscv,imsics/none/' "no AIA: its interrupt controller is a PLIC"
lacks "nothing we know" 's/riscv,aplic/none/; s/riscv,imsics/none/' "neither 'riscv,aplic' nor 'riscv,imsics'"
lacks "APLIC without IMSIC" 's/riscv,imsics/none/' "no IMSIC"
lacks "APLIC that sends elsewhere" 's/msi-parent = <&imsic>/msi-parent = <\&imsic_m>/' "no APLIC whose msi-parent"
lacks "no guest files" '/riscv,guest-index-bits/d' "too few guest interrupt files"
lacks "no H extension" 's/"h", //' "CPU 0 has no extension 'h'"
lacks "no H extension, old form" 's/riscv,isa-extensions = EXTENSIONS/riscv,isa = "rv64imafdc_zicbom_shtvala"/' "CPU 0 has no extension 'h'"
lacks "no bit manipulation" 's/"zbb", //' "CPU 0 has no extension 'zbb'"
lacks "no timebase" '/timebase-frequency/d' "no timebase-frequency"
lacks "a CPU without interrupt file" 's/<&intc2 9>, //' "CPU 2 has no interrupt file"
lacks "too small a reg" 's/0x28000000 0x0 0x10000/0x28000000 0x0 0xc000/' "fewer pages of interrupt files than CPUs"
lacks "wrong index bits" 's/riscv,guest-index-bits = <2>;/& riscv,hart-index-bits = <1>;/' \
	"the interrupt file of CPU 2 is not where the index bits say"
lacks "fewer identities for guests" 's/riscv,guest-index-bits = <2>;/& riscv,num-guest-ids = <63>;/' "fewer identities"

# --- the device tree of a Linux cell -------------------------------------------------------------------------------------------

fact() { # name, wanted, NODE PROPERTY [OPTION]
	# shellcheck disable=SC2086 # words
	set -- "$1" "$2" "$(fdtget ${4:-} cell.dtb $3 2>&1)"
	[ "$2" = "$3" ]
	result $? "$1 [RUN-005]"
	[ "$2" = "$3" ] || echo "# wanted '$2', said '$3'"
}

run "$cellctl" -b board.dts dtb linux.dts -o cell.dtb
result "$code" "device tree [RUN-005]"
fact "tree: counter" 10000000 "/cpus timebase-frequency"
[ "$(fdtget cell.dtb -l /cpus | tr '\n' ' ')" = "cpu@0 cpu@1 " ]
result $? "tree: CPUs [RUN-005]"
fact "tree: hart id" 1 "/cpus/cpu@1 reg"
fact "tree: what the CPU can do, without what cells may not use" \
	"i m a f d c zic64b zicbom zicbop zicboz ziccamoa ziccif zicclsm ziccrse zicntr zicsr zifencei zihintntl zihintpause zihpm zmmul \
za64rs zaamo zalrsc zawrs zfa zca zcd zba zbb zbc zbs ssaia ssccptr sscounterenw sstc sstvala sstvecd ssu64xl svadu svvptc" \
	"/cpus/cpu@1 riscv,isa-extensions"
fact "tree: base" rv64i "/cpus/cpu@0 riscv,isa-base"
fact "tree: cache blocks" 64 "/cpus/cpu@0 riscv,cbom-block-size"
fact "tree: translation" riscv,sv57 "/cpus/cpu@0 mmu-type"
intc0=$(fdtget cell.dtb /cpus/cpu@0/interrupt-controller phandle)
intc1=$(fdtget cell.dtb /cpus/cpu@1/interrupt-controller phandle)
imsic=$(fdtget cell.dtb /interrupt-controller@28000000 phandle)
fact "tree: interrupt files, a page for each CPU" "0 28000000 0 2000" "/interrupt-controller@28000000 reg" -tx
fact "tree: they interrupt the CPUs" "$intc0 9 $intc1 9" "/interrupt-controller@28000000 interrupts-extended"
fact "tree: identities" 255 "/interrupt-controller@28000000 riscv,num-ids"
fact "tree: APLIC where the machine has it" "0 d000000 0 8000" "/interrupt-controller@d000000 reg" -tx
fact "tree: it sends to the files" "$imsic" "/interrupt-controller@d000000 msi-parent"
fact "tree: sources" 96 "/interrupt-controller@d000000 riscv,num-sources"
fact "tree: memory" "0 80000000 0 14000000" "/memory@80000000 reg" -tx
fact "tree: the kernel speaks through firmware" "earlycon=sbi console=hvc0" "/chosen bootargs"
! fdtget cell.dtb / interrupt-parent >/dev/null 2>&1
result $? "tree: the root names no interrupt parent [RUN-005]"

awk '/chosen/ { print "rtc { device = \"/soc/rtc@101000\"; };" } 1' linux.dts |
	sed 's/bootargs = ""/bootargs = "quiet console=ttyS0"/' >rtc.dts
run "$cellctl" -b board.dts dtb rtc.dts -o cell.dtb
fact "tree: a device's interrupt" "11 4" "/rtc@101000 interrupts"
fact "tree: where it goes" "$(fdtget cell.dtb /interrupt-controller@d000000 phandle)" "/rtc@101000 interrupt-parent"
fact "tree: a console that was named stays" "quiet console=ttyS0" "/chosen bootargs"
isa=rv64imafdcbh_zicbom1p0_zk_zkr_zkt_shtvala_smaia_ssaia_sscofpmf_sstc_svadu
sed "s/riscv,isa-extensions = EXTENSIONS/riscv,isa = \"$isa\"/" board.dts >old.dts
run "$cellctl" -b old.dts dtb linux.dts -o cell.dtb
fact "tree: the old form of extensions" rv64imafdcb_zicbom1p0_zkt_ssaia_sstc_svadu "/cpus/cpu@0 riscv,isa"

# --- what is loaded where ------------------------------------------------------------------------------------------------------

# An Image as far as cellctl looks: text offset 2 MiB, 4 MiB of memory.
image() { # magic
	{
		head -c 10 /dev/zero
		printf '\40\0\0\0\0\0\0\0\100\0\0\0\0\0'
		head -c 32 /dev/zero
		printf '%b' "$1"
		head -c 4036 /dev/zero
	} >Image
}
image 'RSC\0005'
head -c 100 /dev/zero >initrd.cpio
run "$cellctl" -b board.dts boot linux.dts
tree=$(sed -n 's/^load 2 0x93ff0000 //p' log)
printf '%s\n' "prepare 0 devices " create "load 2 0x80200000 4096" "load 2 0x93fef000 100" "load 2 0x93ff0000 $tree" \
	"start 2 0x80200000 0x93ff0000" | cmp -s - log
result $? "kernel at its text offset, initrd and tree at the end of memory, entered with the tree [RUN-005]"
image 'ARM\0144'
run "$cellctl" -b board.dts check linux.dts
[ "$code" = 3 ] && grep -q 'error \[file-format\].*Linux kernel for 64-bit Arm; fix: take one for riscv64' err
result $? "another architecture's kernel [MSG-001]"
image 'RSC\0005'
printf '\1' | dd of=Image bs=1 seek=8 conv=notrunc 2>/dev/null
run "$cellctl" -b board.dts check linux.dts
[ "$code" = 3 ] && grep -q 'error \[file-format\].*damaged Image header' err
result $? "a text offset that is no multiple of 2 MiB [MSG-001]"

# --- the machine -------------------------------------------------------------------------------------------------------------

run FAKE_CELL=plc "$cellctl" show plc
grep -q '^  scause ' out && grep -q '^  vsstatus ' out && grep -q ' HART ' out &&
	grep -q '^ *x1+4n  *x2+4n' out && grep -q '^ra sp gp tp ' out
result $? "show names what riscv has"
run FAKE_CELL=plc "$cellctl" --json show plc
grep -q '"x31":' out && ! grep -q '"x0":' out
result $? "show as JSON: x1 to x31"
run "$cellctl" --json stats
grep -q '"fence":0' out && ! grep -q '"stub":' out
result $? "stats has the reasons of riscv"
run FAKE_KICK=2 "$cellctl" status
grep -q '^kick method  *software interrupt$' out
result $? "status: kick method"
dtc -q -I dts -O dtb -o fdt "$OLDPWD/configs/qemu-arm64/board.dts"
run FAKE_ENABLED=0 "$cellctl" enable board.dts
[ "$code" = 1 ] && grep -q 'error \[board-mismatch\].*it is riscv64, this machine aarch64' err
result $? "another architecture's board [MSG-001]"
echo "1..$n"
exit $failed
