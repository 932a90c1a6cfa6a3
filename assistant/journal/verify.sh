#!/usr/bin/env bash
# A second verifier of the journal, which shares no code with the first: bash, sed, awk, sha256sum.
#
#   bash verify.sh DATA_FOLDER [ANCHORS]
#
# Says in French every line where the chain, a body or an anchor does not hold, and exits with 1;
# exits with 0 when all of it holds, with 2 when there is nothing to read.
set -euo pipefail
export LC_ALL=C
home=${1:?usage : bash verify.sh DOSSIER_DE_DONNÉES [ANCRES]}
chain=$home/journal.jsonl
anchors=${2:-$home/anchors}
if [ ! -r "$chain" ] || { [ $# -gt 1 ] && [ ! -r "$anchors" ]; }; then
    echo "Rien à lire : $chain, ou les ancres indiquées." >&2
    exit 2
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# 1. Each line becomes nine columns: hash, hash of the line before, number, file of the body and its
#    hash ("-" when the line holds it, as it once did), kind, time, user, and the text that the hash
#    is of: the line without it. A line of no such shape becomes "?": it is no entry.
hex='[0-9a-f]{64}'
at='\{"at":"([^"\\]*)"'
end='"kind":"([^"\\]*)","previous":"('$hex')"(,"user":"([^"\\]*)")?\}'
sed -E \
    -e 's/^\{"at":"([0-9T:.+-]+)","hash":"('$hex')","kept":"([^"\\]*)","kind":"([a-z_]+)","number":([1-9][0-9]{0,14}),"previous":"('$hex')","sha256":"('$hex')","user":"([A-Za-z0-9_.:@-]*)"\}$/\2\t\6\t\5\t\3\/\7.json\t\7\t\4\t\1\t\8\t{"at":"\1","kept":"\3","kind":"\4","number":\5,"previous":"\6","sha256":"\7","user":"\8"}/; t' \
    -e 's/^'$at',"body":\{"apart":"([^"\\]*)","sha256":"('$hex')"\},"hash":"('$hex')",'"$end"'$/\4\t\6\t-\t\2\t\3\t\5\t\1\t\8\t{"at":"\1","body":{"apart":"\2","sha256":"\3"},"kind":"\5","previous":"\6"\7}/; t' \
    -e 's/^'$at',"body":(\{.*\}),"hash":"('$hex')",'"$end"'$/\3\t\5\t-\t-\t-\t\4\t\1\t\7\t{"at":"\1","body":\2,"kind":"\4","previous":"\5"\6}/; t' \
    -e 's/.*/?/' "$chain" > "$work/columns"

# 2. The hash of every text, computed by one sha256sum over a file for each.
mkdir "$work/texts"
awk -F'\t' -v into="$work/texts/" '{
    file = into sprintf("%012d", NR)
    printf "%s", $9 > file
    close(file)
}' "$work/columns"
(cd "$work/texts" && find . -type f | sort | xargs -r sha256sum | cut -c1-64) > "$work/computed"

# 3. The chain: each line has its own hash, that of the line before, and the next number.
paste "$work/computed" "$work/columns" | awk -F'\t' '
    BEGIN { last = sprintf("%064d", 0) }
    $2 == "?" { print NR "\test illisible"; next }
    $1 != $2 { print NR "\ta été modifiée après coup" }
    $3 != last { print NR "\tne suit pas la ligne précédente" }
    $4 != "-" && $4 != count + 1 { print NR "\tn’a pas le numéro " count + 1 }
    { last = $2; count = $4 == "-" ? count + 1 : $4 }
' > "$work/faults"

# 4. The bodies: those that stand are what their lines say; those that do not were purged, erased,
#    or removed with their dossier.
awk -F'\t' '$4 != "" && $4 != "-" { print $5 "  " $4 }' "$work/columns" > "$work/bodies"
(cd "$home" && sha256sum --check --quiet "$work/bodies" 2> /dev/null || true) > "$work/checked"
told() { # what the bodies of a kind of entries say, each on a line
    awk -F'\t' -v kind="$1" '$6 == kind { print $3 "\t" $4 }' "$work/columns" |
        while IFS=$'\t' read -r number file; do
            if [ -f "$home/$file" ]; then
                printf '%s\t%s\n' "$number" "$(sed -E 's/.*"'"$2"'":"([^"]*)".*/\1/' "$home/$file")"
            fi
        done
}
before=$(told retention before | cut -f2 | sort | tail -n 1)
told erasure user > "$work/erased"
told dossier 'act":"deleted","dossier' > "$work/removed"
awk -F'\t' -v before="$before" -v erased="$work/erased" -v removed="$work/removed" '
    BEGIN {
        while ((getline line < erased) > 0) { split(line, part, "\t"); upto[part[2]] = part[1] }
        while ((getline line < removed) > 0) { split(line, part, "\t"); left[part[2]] = part[1] }
    }
    FNR == NR {
        is_altered = sub(/: FAILED$/, "")
        if (is_altered || sub(/: FAILED open or read$/, "")) state[$0] = is_altered ? 1 : 2
        next
    }
    state[$4] == 1 { print FNR "\ta son texte modifié après coup" }
    state[$4] == 2 && !($7 "" < before "") && !($3 + 0 < upto[$8] + 0) {
        is_apart = split($4, part, "/") && part[1] == "dossiers"
        if (!is_apart || !($3 + 0 < left[part[2]] + 0)) print FNR "\tperdu\t" $4
    }
' "$work/checked" "$work/columns" |
    while IFS=$'\t' read -r line what file; do
        if [ "$what" != perdu ]; then
            printf '%s\t%s\n' "$line" "$what"
        elif [[ $file == records/* ]] || [ -d "$home/${file%/*/*}" ]; then
            printf '%s\ta perdu son texte sans purge ni effacement au journal\n' "$line"
        fi
    done >> "$work/faults"

# 5. The anchors: the first one that names an entry which is not there. The last line of the file
#    beside the journal may be one that a crash cut short.
if [ -r "$anchors" ]; then
    if [ $# -eq 1 ] && [ -n "$(tail -c 1 "$anchors")" ]; then
        sed -E '${/^[0-9-]{10} [0-9]+ '"$hex"'$/!d}' "$anchors" > "$work/anchors"
        anchors=$work/anchors
    fi
    sort -k2,2n "$anchors" | awk '
        FNR == NR { split($0, part, "\t"); known[part[1]] = 1; lines = FNR; next }
        !($3 in known) { print lines + 1 "\tdevrait suivre le n° " $2 ", ancré le " $1; exit }
    ' "$work/columns" - >> "$work/faults"
fi

if [ ! -s "$work/faults" ]; then
    echo "Le journal est intact : $(wc -l < "$chain") lignes."
    exit 0
fi
sort -n "$work/faults" | awk -F'\t' '{ print "ligne " $1 " : " $2 }'
exit 1
