# SPDX-License-Identifier: GPL-2.0-only
# What system tests say often: the module and the hypervisor up and down, cells of tests/system/cells, their consoles, counters.
# `. /lib/bulkhead/tap.sh` first. All numbers come from `cellctl ... --json`.

. /lib/bulkhead/board.sh
. /lib/bulkhead/dmesg.sh

TESTS=/tests/cells

bulkhead_up() {
	[ -e /dev/bulkhead ] || insmod /lib/modules/bulkhead.ko || return 1
	cellctl enable
}

# Whatever a test left behind goes away, so that one failure does not make others.
bulkhead_down() {
	for cell in $(cell_names); do
		cellctl destroy --force "$cell" >/dev/null 2>&1
	done
	cellctl disable && rmmod bulkhead
}

# The value behind a key, in text and in what is left of it.
JSON='function after(s, key, i) { i = index(s, "\"" key "\":"); return i ? substr(s, i + length(key) + 3) : "" }
	function value(s) {
		sub(/^ */, "", s)
		if (substr(s, 1, 1) == "\"") return substr(s, 2, index(substr(s, 2), "\"") - 1)
		sub(/[],}"].*/, "", s)
		sub(/ *$/, "", s)
		return s
	}
	{ gsub(/\\"/, "\047") }'
# json KEY: the first value of that name; json_all KEY: all
json() { awk -v key="$1" "$JSON"'(s = after($0, key)) != "" { print value(s); exit }'; }
json_all() { awk -v key="$1" "$JSON"'{ for (s = after($0, key); s != ""; s = after(s, key)) print value(s) }'; }

# json_where KEY VALUE WANTED: of the objects without objects inside, the one with KEY = VALUE
json_where() {
	tr -d '\n' | awk -v RS="{" -v key="$1" -v wanted="$3" -v is="$2" \
		"$JSON"'{ sub(/}.*/, "") } value(after($0, key)) == is && (s = after($0, wanted)) != "" { print value(s); exit }'
}

status_of() { cellctl status --json 2>/dev/null | json "$1"; }

cell_names() { cellctl list --json 2>/dev/null | json_all name; }
cell_field() { cellctl show "$1" --json 2>/dev/null | json "$2"; } # CELL KEY
cell_state() { cell_field "$1" state; }
cell_is() { [ "$(cell_state "$1")" = "$2" ]; }
cell_gone() { ! cell_names | grep -qx "$1"; }

cpu_cycle() { # CPU: offline and back
	echo 0 >/sys/devices/system/cpu/cpu$1/online && echo 1 >/sys/devices/system/cpu/cpu$1/online
}

# cell_boot NAME [WORD...]: like `cellctl boot`, with words for the guest's parameter page
cell_boot() {
	boot_name=$1
	shift
	if [ $# = 0 ]; then
		cellctl boot "$TESTS/$boot_name.dts"
		return
	fi
	word "$@" >"/tmp/$boot_name.words"
	# The kernel last: its entry is the one that counts.
	cellctl create "$TESTS/$boot_name.dts" && cellctl load "$boot_name" "/tmp/$boot_name.words@$PARAMETER" &&
		cellctl load "$boot_name" && cellctl start "$boot_name"
}

console() { cellctl console "$1" 2>/dev/null | tr -d '\r'; }
console_has() { console "$1" | grep -qE -e "$2"; } # CELL REGEX
critical_ticker() { # makes the file of a ticker that is critical, and says where
	mkdir -p /tmp/cells
	sed 's/compatible = /critical; &/' $TESTS/ticker.dts >/tmp/cells/ticker.dts
	echo /tmp/cells/ticker.dts
}
# Where the host finds how often it ticked: `beat` of inmates/lib/inmate.h. For "# after-gone: word" and "# after-panic: word".
host_watches_ticker() { host_say word "$(printf '0x%x' $(($(cell_field ticker host) + PARAMETER - CELL_MEMORY + 16)))"; }
last_tick() { console ticker | sed -n 's/^tick //p' | tail -n 1; }
console_wait() { wait_for "$3" console_has "$1" "$2"; } # CELL REGEX SECONDS
# The guest waits at a mark (inmates/lib/inmate.h): what is counted stands still until it is told to go on.
mark_wait() { console_wait "$1" "^mark: $2" "$3"; } # CELL MARK SECONDS
go_on() { cellctl shutdown --timeout 60 "$1" 2>&1 | grep -F '[shutdown-refused]'; } # CELL

# exits CPU REASON: what the hypervisor says of a board CPU
exits() { cellctl stats --json 2>/dev/null | json_where cpu "$1" "$2"; }
plugin_exits() { sed -n "s/^plugin: cpu=$1 exits=\([0-9]*\).*/\1/p" "$2"; } # CPU FILE: what the plugin says in the output of a mark

pages_away() { /data/offline; } # pages the driver holds for hypervisor and cells; "# files: BUILD/tests/offline"
memory_free() { # KiB, caches dropped; pages in the allocator's per-CPU lists are free, too, and there are many of them
	echo 3 >/proc/sys/vm/drop_caches
	awk '/^MemFree:/ { n += $2 } $1 == "count:" { n += 4 * $2 } END { print n }' /proc/meminfo /proc/zoneinfo
}
memory_is_back() { [ "$(memory_free)" -ge $(($1 - 8192)) ]; } # per-CPU lists and slabs breathe

# Handled interrupts named NAME on each CPU: "CPU COUNT" lines
interrupts() {
	awk -v name="$1" 'NR == 1 { n = NF; for (i = 1; i <= NF; i++) cpu[i] = substr($i, 4); next }
		index($0, name) { for (i = 1; i <= n; i++) sum[i] += $(i + 1) }
		END { for (i = 1; i <= n; i++) print cpu[i], sum[i] + 0 }' /proc/interrupts
}

# The harness kills what is silent for a minute: long waits say so.
alive() { [ ! -e /proc/self/fd/3 ] || echo "# waiting: $*" >&3; }

wait_look() { read -r wait_now _ </proc/uptime && wait_now=${wait_now%.*}; } # the clock, without a process

# wait_for SECONDS COMMAND...: until_true by the clock, however slow the command is
wait_for() {
	wait_look
	wait_end=$((wait_now + $1))
	wait_next=$((wait_now + 20))
	shift
	while ! "$@" >/dev/null 2>&1; do
		wait_look
		[ "$wait_now" -lt $wait_end ] || return 1
		if [ "$wait_now" -ge $wait_next ]; then
			alive "$*"
			wait_next=$((wait_next + 20))
		fi
		usleep 100000
	done
}

# What was heard on a channel of the harness so far. Through a file: a reader that stops early would leave lines in the channel.
heard() {
	host_ask "$1" >/tmp/heard
	tr -d '\r' </tmp/heard
}
heard_has() { # CHANNEL REGEX
	host_ask "$1" >/tmp/heard
	tr -d '\r' </tmp/heard | grep -qE -e "$2"
}

# What the Linux in a cell said: on its UART, or where it has none in its console ring, there with the kernel's time before it.
linux_said() {
	case $(uname -m) in
	riscv64) console linux | sed 's/^\[ *[0-9.]*\] //' ;;
	*) heard U1 ;;
	esac
}
linux_has() { # REGEX
	linux_said >/tmp/linux_said
	grep -qE -e "$1" /tmp/linux_said
}
