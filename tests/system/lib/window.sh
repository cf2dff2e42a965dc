# SPDX-License-Identifier: GPL-2.0-only
# Cells at shared windows: those of cells/, ping and pong, and others made of them. After tap.sh and cells.sh.

case $ARCH in
arm64) WINDOW_CELLS=/cells/qemu-arm64 ;;
riscv) WINDOW_CELLS=/cells/qemu-riscv-aia ;;
x86) WINDOW_CELLS=/cells/qemu-x86-amd ;;
esac
WINDOW=plc-data
WINDOW_GPA=0x7f000000
CHANNELS=/dev/bulkhead-channels

# /tmp/NAME.dts, the guest of the tests in it
window_file() { # NAME [SED]
	sed "s|kernel = .*|kernel = \"/inmates/window.elf\";|; $2" "$WINDOW_CELLS/$1.dts" >"/tmp/$1.dts"
}

window_boot() { # NAME [WORD...]: as cell_boot
	name=$1
	shift
	cellctl create "/tmp/$name.dts" && window_start "$name" "$@"
}
window_start() { # NAME [WORD...]
	name=$1
	shift
	word "$@" >"/tmp/$name.words" && cellctl load "$name" "/tmp/$name.words@$PARAMETER" && cellctl load "$name" && cellctl start "$name"
}

window_host() { # CELL: where its window is in the machine
	awk -v gpa=$WINDOW_GPA '$1 == gpa { print $4 }' "/sys/class/misc/bulkhead/cells/$1/memory"
}

run_lines() { console "$1" | grep -c '^run: '; }
runs_are() { [ "$(run_lines "$1")" = "$2" ]; } # CELL COUNT
last_run() { console "$1" | sed -n 's/^run: //p' | tail -n 1; }
ran_last() { console "$1" | grep -E '^(run|link): ' | tail -n 1 | grep -q '^run'; } # its run ended after all that came and went
last_link() { console "$1" | sed -n "s/^link: $2 //p" | tail -n 1; } # CELL PEER
link_is() { [ "$(last_link "$1" "$2")" = "$3" ]; }
