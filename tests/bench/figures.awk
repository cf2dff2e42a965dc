# SPDX-License-Identifier: GPL-2.0-only
# -v arch=ARCH; limits.tsv, rows-ARCH.tsv, the transcript of bench.sh and the plugin's file -> lines "name<tab>value<tab>limit".
# Exits 1 if a figure is missing.

function lost(what) {
	print "bench: no figure: " what > "/dev/stderr"
	failed = 1
}

function figure(name, value) {
	printf "%s\t%s\t%s\n", name, value, name in limit ? limit[name] : "-"
}

# A number of the first JSON text on the line after "bench: WORD".
function json_number(text, key,    at) {
	at = match(text, "\"" key "\":[0-9]+")
	if (!at) {
		lost(key)
		return 0
	}
	return substr(text, at + length(key) + 3, RLENGTH - length(key) - 3) + 0
}

function difference(from, to, vcpu, name) {
	if (!((from, vcpu, name) in mark) || !((to, vcpu, name) in mark)) {
		lost("mark " from " or " to)
		return 0
	}
	return mark[to, vcpu, name] - mark[from, vcpu, name]
}

function total(from, to, name,    i, sum) {
	for (i = 0; i < vcpus; i++)
		sum += difference(from, to, i, name)
	return sum
}

FNR == 1 { file++ }

file == 1 && /^#/ {
	for (i = 2; i <= NF; i++)
		if ($i ~ "^" arch) own = i
}
file == 1 && !/^#/ { limit[$1] = $own }

file == 2 && /^[0-9]/ { kind_of[$1] = $2; exits_of[$1] = $3; name_of[$1] = $4; order[rows++] = $1 }

file == 3 && match($0, /bench: (enabled|created|destroyed) /) {
	split(substr($0, RSTART), word, " ")
	gsub(/ /, "")
	json[word[2]] = $0
}

file == 4 && /^#sequence/ { for (i = 1; i <= NF; i++) column[i] = $i }
file == 4 && /^[0-9]/ {
	for (i = 5; i <= NF; i++) {
		mark[$2, $4, column[i]] = $i
		last[$4, column[i]] = $i
	}
	by[$2] = $3
	if ($4 + 1 > vcpus) vcpus = $4 + 1
}

# The instructions of a row: the mean of its repetitions. Of a register's repetitions, the dearest is what counts.
function row_figures(    i, n, vcpu, exits, cost, worst) {
	for (i = 0; i < rows; i++) {
		n = order[i]
		if (!((256 + 2 * n) in by) || !((257 + 2 * n) in by)) {
			lost(name_of[n])
			continue
		}
		vcpu = by[256 + 2 * n]
		exits = difference(256 + 2 * n, 257 + 2 * n, vcpu, "exits") / 64
		cost = difference(256 + 2 * n, 257 + 2 * n, vcpu, "insns") / 64
		if (exits < exits_of[n])
			lost(name_of[n] ": " exits " exits each, " exits_of[n] " expected")
		if (kind_of[n] == "register" && mark[257 + 2 * n, vcpu, "recent"] > worst)
			worst = mark[257 + 2 * n, vcpu, "recent"]
		if (kind_of[n] == "timer") {
			figure("exits per timer interrupt", exits)
			continue
		}
		if (kind_of[n] == "ipi")
			figure("exits per IPI sent", exits)
		figure("instructions: " name_of[n] (exits > 1 ? " (" exits " exits each)" : ""),
		       cost == int(cost) ? cost : sprintf("%.1f", cost))
	}
	figure("instructions: worst controller register", worst)
}

# Enable is the way in, without the exits that the root's kernel already makes before the mark.
function step_figures(    i, n, first, other) {
	for (i = 0; i < vcpus; i++) {
		n = difference(10, 11, i, "outside")
		if (n > first) {
			if (first > other) other = first
			first = n
		} else if (n > other)
			other = n
	}
	figure("instructions: enable, first CPU", first)
	figure("instructions: enable, each other CPU (worst)", other)
	figure("instructions: create", total(12, 13, "aside"))
	figure("instructions: create, scrub and the root's hotplug", total(12, 13, "insns"))
	figure("instructions: start", total(14, 255, "insns"))
	figure("instructions: destroy, scrub and all", total(16, 17, "insns"))
	figure("instructions: disable, all CPUs", total(18, 19, "insns"))
	for (i = n = 0; i < vcpus; i++)
		if (last[i, "longest"] > n) n = last[i, "longest"]
	figure("instructions: longest stretch, interrupts masked", n)
	for (i = n = 0; i < vcpus; i++)
		n += last[i, "self"]
	figure("exceptions of the hypervisor itself", n)
}

function page_figures(    enabled, destroyed) {
	enabled = json["enabled"]; destroyed = json["destroyed"]
	figure("pages after enable", json_number(enabled, "pages_used"))
	figure("pages of a bare-metal cell with 2 CPUs", json_number(json["created"], "pool_pages") - 1) # the ring
	figure("pages not returned after destroy", json_number(destroyed, "root_pool_used") - json_number(enabled, "root_pool_used"))
}

END {
	row_figures()
	step_figures()
	page_figures()
	exit failed
}
