#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# An x86 board: its device tree from ACPI tables and what the kernel says, the blob, what a machine may lack, ports and interrupts of cells,
# a Linux cell's boot parameters and ACPI tables, what is shown.
set -u

. tests/unit/cellctl/lib.sh
export FAKE_MACHINE=x86_64 FAKE_KEEP=1

unpack() { # record, directory
	perl -e '
		my ($hex, $out);
		while (<STDIN>) {
			next if /^#/;
			if (/^(hex|text) (.*)/) {
				$hex = $1 eq "hex";
				my $path = "$ARGV[0]/$2";
				system("mkdir", "-p", $path =~ s|/[^/]*$||r);
				open($out, ">", $path) or die;
			} else {
				s/^\t//;
				if ($hex) { chomp; print $out pack("H*", $_) } else { print $out $_ }
			}
		}' "$2" <"$1"
}

poke() { # file, offset, bytes as printf has them
	printf '%b' "$3" | dd of="$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}

numbers() { od -An -v -tu"$1" -j"$2" -N"$3" "$4" | tr -s '\n ' ' ' | sed 's/^ //; s/ $//'; } # width, offset, bytes, file
words() { od -An -v -tx8 -w8 -j"$1" -N"$2" "$3" | tr -s '\n' ' ' | sed 's/^ //; s/ $//'; } # offset, bytes, file

header=$PWD/hypervisor/include/dt-bindings/bulkhead/cell.h
cp configs/qemu-x86-amd/board.dts "$dir/board.dts"
sed "s|<dt-bindings/bulkhead/cell.h>|\"$header\"|" cells/qemu-x86-amd/linux.dts >"$dir/linux.dts"
unpack tests/unit/cellctl/q35.txt "$dir/machine"
cd "$dir" || exit 1
tables=machine/sys/firmware/acpi/tables

# --- the board ---------------------------------------------------------------------------------------------------------------

plain() { dtc -q -I "$1" -O dtb "$2" | dtc -q -I dtb -O dts; } # format, file
run "$cellctl" board machine -o machine.dtb
plain dtb machine.dtb >a && plain dts board.dts >b && cmp -s a b
result $? "the recorded machine is the board file [CFG-002]"
run "$cellctl" board -o here.dtb
[ "$(fdtget -tx here.dtb /memory@100000 reg) $(fdtget here.dtb /chosen stdout-path)" = "0 100000 0 7fedf000 serial0" ]
result $? "read as this machine it is the same [CFG-002]"
run "$cellctl" board board.dts
grep -q '^/isa/serial@i2f8  *serial1  *0x2f8  *0x8  *3  *ns16550a$' out && grep -q '^/isa/serial@i3f8 .* root console' out
result $? "ports are listed like devices"

run FAKE_ENABLED=0 "$cellctl" enable machine
[ "$code" = 0 ] && [ "$(cat log)" = "enable 4 cpus" ]
result $? "enable [CFG-002]"
[ "$(wc -c <blob)" = 320 ] && [ "$(words 16 8 blob)" = 0000000500020001 ]
result $? "blob: size, type, architecture, sections [CFG-002]"
[ "$(words 144 96 blob)" = "0000000000001000 000000000009e000 0000000000100000 000000007fedf000 \
0000000000000000 0000000000000000 0000000000000001 0000000000000000 \
0000000000000002 0000000000000000 0000000000000003 0000000000000000" ]
result $? "blob: memory in whole pages, CPUs by APIC id [CFG-002]"
[ "$(words 240 32 blob)" = "0000000900000000 00000000000003f8 0000000000000003 0000000000000000" ]
result $? "blob: limit above the windows of PCI, UART at ports [CFG-002]"
[ "$(words 288 16 blob)" = "00000000fec00000 0000001800000000" ]
result $? "blob: IO-APIC and its interrupts [CFG-002]"
[ "$(words 304 16 blob)" = "000f0cf900000604 0000ff00000fed90" ]
result $? "blob: ports by which the machine ends, and what remaps the interrupts of the IO-APIC [CFG-002]"

sed 's/bulkhead,remap-unit = .*/bulkhead,remap-unit = <0x00 0x200000>;/' board.dts >memory.dts
run FAKE_ENABLED=0 "$cellctl" enable memory.dts
[ "$code" = 3 ] && grep -q overlap err
result $? "a remapping unit that is memory is refused [CFG-001]"

change() { # shell words that change the copy in changed/
	rm -rf changed
	cp -r machine changed
	eval "$1"
}

lacks() { # name, change, text
	change "$2"
	run "$cellctl" board changed
	[ "$code" = 3 ] && grep -qF "error [board-invalid]: " err && grep -qF -- "$3" err && grep -q '; fix: ' err
	result $? "$1 [MSG-001]"
}

table=changed/sys/firmware/acpi/tables
lacks "no IO-APIC" "poke $table/APIC 76 '\\0177'" "no IO-APIC"
lacks "no CPU that is enabled" "for i in 44 52 60 68; do poke $table/APIC \$((i + 4)) '\\0000'; done" "names no CPU"
lacks "a table cut off" "head -c 20 $tables/APIC >$table/APIC" "cannot read the table of CPUs"
lacks "no memory to be seen" "sed -i 's/^[0-9a-f]*-[0-9a-f]*/00000000-00000000/' changed/proc/iomem" "no memory to be seen"

change "sed -i '/^apicid/{s/[0-9]*\$/2/}' changed/proc/cpuinfo"
run "$cellctl" board changed -o boot.dtb
[ "$(fdtget boot.dtb -l /cpus | tr '\n' ' ')" = "cpu@2 cpu@0 cpu@1 cpu@3 " ]
result $? "the boot CPU stands first [CFG-002]"
change "poke $table/APIC \$((52 + 4)) '\\0000'"
run "$cellctl" board changed -o less.dtb
[ "$(fdtget less.dtb -l /cpus | tr '\n' ' ')" = "cpu@0 cpu@2 cpu@3 " ]
result $? "a CPU that is not there is none [CFG-002]"
change "rm -r changed/sys/bus/pnp/devices/00:03"
run "$cellctl" board changed -o none.dtb
[ "$(fdtget none.dtb /isa/serial@i2f8 status)" = disabled ]
result $? "COM2 without a device is there, but disabled [CFG-002]"
size=$(wc -c <$tables/APIC)
bad=0
for cut in $(seq 0 7 "$size"); do
	for t in APIC DMAR MCFG FACP HPET; do head -c "$cut" "$tables/$t" >"$table/$t"; done
	run "$cellctl" board changed
	case $code in 0 | 3) ;; *) bad=1 ;; esac
done
result $bad "tables cut off anywhere are read as far as they go"

# --- cells -------------------------------------------------------------------------------------------------------------------

cell() { # lines of its own
	printf '/dts-v1/;\n/ { compatible = "bulkhead,cell-v1"; #address-cells = <2>; #size-cells = <2>; cpus = <3>;\n%s\n' "$1"
	printf 'memory@0 { reg = <0x0 0x0 0x0 0x400000>; };\n%s };\n' "$2"
}
# Records of a compiled cell's kind: "base count ..." of its ports, "irq flags ..." of its interrupts.
records() { # kind, file
	perl -e '
		local $/; my $b = <STDIN>; my ($count) = unpack("x20 V", $b);
		for my $i (0 .. $count - 1) {
			my ($kind, $size, $n, $at) = unpack("v v V V", substr($b, 64 + 16 * $i, 16));
			print join(" ", unpack("V*", substr($b, $at, $size * $n))) if $kind == $ARGV[0];
		}' "$1" <"$2"
}

cell '' 'com2 { device = "serial1"; }; raw { io-ports = <0x300 8 0x310 1>; };' >ports.dts
run "$cellctl" -b board.dts compile ports.dts -o ports.cell
[ "$code" = 0 ] && [ "$(records 21 ports.cell)" = "760 8 768 8 784 1" ]
result $? "ports of a device, and others [CFG-001]"
[ "$(records 20 ports.cell)" = "3 1" ]
result $? "and its interrupt, a pin of the IO-APIC [CFG-001]"
sed '/bulkhead,remap-unit/d' board.dts >poll.dts
run "$cellctl" -b poll.dts compile ports.dts -o poll.cell
[ "$code" = 0 ] && [ -z "$(records 20 poll.cell)" ]
result $? "none where nothing remaps them [CFG-001]"
[ "$(records 16 ports.cell | cut -d' ' -f5-8)" = "760 0 3 3" ]
result $? "the cell's UART is at its ports [CFG-001]"
cell '' 'com2 { device = "serial1"; io-ports = <0x2f8 4>; };' >less.dts
run "$cellctl" -b board.dts compile less.dts -o less.cell
[ "$code" = 0 ] && [ "$(records 21 less.cell)" = "760 4" ]
result $? "io-ports stands for what the device has [CFG-001]"
cell 'irqs = <24 1>;' '' >gsi.dts
run "$cellctl" -b board.dts check gsi.dts
[ "$code" = 3 ] && grep -q 'error \[irq-unknown\].*IO-APIC; fix: write <n t>: GSI n (0 to 23)' err
result $? "a GSI no IO-APIC has [MSG-001]"
cell 'irqs = <5 1>;' '' >wire.dts
run "$cellctl" -b poll.dts check wire.dts
[ "$code" = 3 ] && grep -q "error \[feature-unavailable\]: 'irqs' is not in this version.*cells poll" err
result $? "interrupts where nothing remaps them [MSG-001]"
cell '' 'kbd { device = "/isa/device@i60"; };' >kbd.dts
run "$cellctl" -b board.dts check kbd.dts
[ "$code" = 3 ] && grep -q 'error \[port-owned\]: port 0x64: resets the machine' err
result $? "no cell gets the keyboard controller [ISO-018]"

# --- a Linux cell ---------------------------------------------------------------------------------------------------------------

split_tables() { # each into a file NAME.aml; fails where a sum is wrong
	perl -e '
		local $/; my $b = <STDIN>; my $sum = sub { unpack("%8C*", $_[0]) };
		die if substr($b, 0, 8) ne "RSD PTR " or $sum->(substr($b, 0, 20)) or $sum->(substr($b, 0, 36));
		die if ord(substr($b, 15, 1)) != 2;
		my $xsdt = unpack("Q<", substr($b, 24, 8)) - 0x90000;
		my ($name, $length) = unpack("a4 V", substr($b, $xsdt, 8));
		for my $at ($xsdt, 0x40, map { $_ - 0x90000 } unpack("Q<*", substr($b, $xsdt + 36, $length - 36))) {
			my ($n, $l) = unpack("a4 V", substr($b, $at, 8));
			die $n if $sum->(substr($b, $at, $l));
			open(my $f, ">", "$n.aml"); print $f substr($b, $at, $l);
		}'
}

# A bzImage as far as cellctl looks: one sector of setup, protocol 2.15, 12 KiB that want 16 MiB at 16 MiB.
{ head -c 1024 /dev/zero; yes kernel | head -c 12288; } >Image
poke Image 497 '\0001'
poke Image 513 '\0152HdrS\0017\0002'
poke Image 529 '\0200'
poke Image 556 '\0377\0377\0377\0177'
poke Image 568 '\0377\0007\0000\0000'
poke Image 600 '\0000\0000\0000\0001'
poke Image 608 '\0000\0000\0000\0001'
head -c 5000 /dev/zero >initrd.cpio
run "$cellctl" -b board.dts boot linux.dts
tail=$(sed -n 's/^load 2 0x90000 //p' log)
printf '%s\n' "prepare 1 devices pnp/00:03" create "load 2 0x1000000 12288" "load 2 0x1fffe000 5000" "load 2 0x10000 4096" \
	"load 2 0x11000 41" "load 2 0x90000 $tail" "start 2 0x1000000 0x10000" | cmp -s - log
result $? "kernel where it wants, initrd at the end of memory, entered with the parameters [RUN-005]"
tail -c 12288 Image | cmp -s - load-0x1000000
result $? "the kernel without its setup [RUN-005]"
[ "$(cat load-0x11000 | tr -d '\000')" = "earlycon=uart8250,io,0x2f8 console=ttyS1" ]
result $? "command line: the cell's UART [RUN-005]"
p=load-0x10000
[ "$(numbers 1 528 2 $p) $(numbers 4 532 12 $p) $(numbers 4 552 4 $p) $(numbers 8 112 8 $p)" = \
	"255 129 16777216 536862720 5000 69632 589824" ]
result $? "parameters: loader, kernel, initrd, command line, ACPI [RUN-005]"
memory=$(perl -e 'local $/; print join(" ", unpack("(Q<Q<V)*", substr(<STDIN>, 720, 80)))' <$p)
[ "$(numbers 1 488 1 $p) $memory" = "3 0 589824 1 589824 65536 3 1048576 535822336 1 0 0 0" ]
result $? "parameters: memory [RUN-005]"
split_tables <load-0x90000
result $? "ACPI: root pointer, lists, sums [RUN-005]"
[ "$(numbers 4 112 4 FACP.aml) $(numbers 1 131 1 FACP.aml) $(numbers 2 109 2 FACP.aml)" = "1048576 5 36" ]
result $? "ACPI: no legacy hardware [RUN-005]"
[ "$(numbers 1 44 28 APIC.aml)" = "0 8 0 1 1 0 0 0 0 8 1 2 1 0 0 0 1 12 0 0 0 0 192 254 0 0 0 0" ]
result $? "ACPI: the cell's CPUs, the first boots, and its IO-APIC [RUN-005]"
od -An -v -tx1 DSDT.aml | tr -d ' \n' | grep -q '4701f802f8020108890600030103000000' && [ "$(wc -c <DSDT.aml)" = 97 ]
result $? "ACPI: COM2 with its ports and its interrupt: edge, high, 3 [RUN-005]"
run "$cellctl" -b poll.dts boot linux.dts
[ "$code" = 0 ] && ! od -An -v -tx1 load-0x90000 | tr -d ' \n' | grep -q 0108890600030103
result $? "ACPI: without, where nothing remaps it [RUN-005]"
if command -v iasl >/dev/null; then
	for t in DSDT FACP APIC XSDT; do
		iasl -d $t.aml >iasl.out 2>&1 && ! grep -qiE 'error|warning|invalid' iasl.out || echo $t
	done >bad.tables
	[ ! -s bad.tables ] && tr -s ' \n' ' ' <DSDT.dsl | grep -q 'EisaId ("PNP0501").*0x02F8, // Range Minimum 0x02F8, // Range Maximum'
	result $? "ACPI: iasl reads it, COM2 is a device [RUN-005]"
else
	n=$((n + 1))
	echo "ok $n # SKIP no iasl"
fi
# Shared windows of a Linux cell.
awk '/chosen/ { print "shared@7f000000 { reg = <0x0 0x7f000000 SIZE_KiB(64)>; channel = \"plc-data\"; peers = \"root\"; };"
	print "shared@100000000 { reg = <0x1 0x0 SIZE_KiB(8)>; channel = \"log\"; peers = \"root\"; access = \"read-only\"; };" } 1' \
	linux.dts >windows.dts
run "$cellctl" -b board.dts boot windows.dts
result "$code" "windows of a Linux cell [CFG-333]"
memory=$(perl -e 'local $/; print join(" ", unpack("(Q<Q<V)*", substr(<STDIN>, 780, 40)))' <$p)
[ "$(numbers 1 488 1 $p) $memory" = "5 2130706432 65536 2 4294967296 8192 2" ]
result $? "parameters: windows are reserved, not memory [CFG-333]"
[ "$(records 22 run/windows.cell | cut -d' ' -f1-4) $(records 20 run/windows.cell)" = "2130706432 0 0 0 3 1" ]
result $? "no interrupt for doorbells: the kernel gives its vectors out itself [CFG-332]"
split_tables <load-0x90000
result $? "ACPI: sums with windows [CFG-333]"
if command -v iasl >/dev/null; then
	iasl -d DSDT.aml >iasl.out 2>&1 && ! grep -qiE 'error|warning|invalid' iasl.out && tr -s ' \n' ' ' <DSDT.dsl >flat
	tr '}' '\n' <flat >flat.parts
	holds() { grep -q "$1.*$2" flat.parts; }
	holds 'Device (WIN0) { Name (_HID, "PRP0001").*Cacheable, ReadWrite' '0x000000007F000000, // Range Minimum' &&
		holds 'Device (WIN0)' '0x0000000000010000, // Length'
	result $? "ACPI: a window is a device with its memory [CFG-333]"
	holds 'Device (WIN1) .* Cacheable, ReadOnly, ' '0x0000000100001FFF, // Range Maximum' && holds '"read-only"' One
	result $? "ACPI: a read-only one, above 4 GiB [CFG-333]"
	holds 'ToUUID ("daffd814-6eba-4d8c-8a91-bc9bbf4aa301").*"compatible"' '"bulkhead,window-v1"' &&
		holds '"bulkhead,channel"' '"plc-data"' && holds '"bulkhead,channel"' '"log"'
	result $? "ACPI: found by what a device tree would hold [CFG-333]"
else
	for name in memory read-only properties; do
		n=$((n + 1))
		echo "ok $n # SKIP no iasl"
	done
fi
run "$cellctl" -b board.dts dtb linux.dts
[ "$code" = 1 ] && grep -q 'gets no device tree; fix: it is described by ACPI tables' err
result $? "there is no device tree to show [MSG-001]"
sed 's/SIZE_MiB(512)/SIZE_MiB(24)/' linux.dts >small.dts
run "$cellctl" -b board.dts check small.dts
[ "$code" = 3 ] && grep -q "error \[file-too-big\].*needs 16 MiB at 0x1000000.*fix: make the memory SIZE_MiB(96)" err
result $? "a kernel that does not fit [MSG-001]"
sed 's/memory@0/memory@40000000/; s/0x0 0x0 SIZE/0x0 0x40000000 SIZE/' linux.dts >high.dts
run "$cellctl" -b board.dts check high.dts
[ "$code" = 3 ] && grep -q 'error \[file-outside\].*needs memory at address 0' err
result $? "memory that does not start at 0 [MSG-001]"
poke Image 518 '\0001\0002'
run "$cellctl" -b board.dts check linux.dts
[ "$code" = 3 ] && grep -q 'error \[file-format\].*very old bzImage' err
result $? "an old protocol [MSG-001]"

# --- the machine -----------------------------------------------------------------------------------------------------------------

run FAKE_CELL=plc "$cellctl" show plc
grep -q '^  rflags ' out && grep -q ' APIC ' out && grep -q '^rax rcx rdx rbx ' out
result $? "show names what x86 has"
run FAKE_CELL=plc "$cellctl" --json show plc
grep -q '"cs_base":' out && ! grep -q '"x0":' out
result $? "show as JSON: registers by name"
run "$cellctl" --json stats
grep -q '"pio":0' out && ! grep -q '"stub":' out
result $? "stats has the reasons of x86"
run FAKE_KICK=3 "$cellctl" status
grep -q '^kick method  *NMI$' out
result $? "status: kick method"
echo "1..$n"
exit $failed
