#!/usr/bin/env bash
# Fails, and shows the difference, if the generated code or the CRD schemas are not what
# hack/update-codegen.sh makes of the types. Leaves the tree as it found it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

copy=$(mktemp -d)
trap 'rm -rf "${copy}"' EXIT
mkdir -p "${copy}/pkg"
cp -R go.mod go.sum hack config internal "${copy}/"
cp -R pkg/apis pkg/client "${copy}/pkg/"

(cd "${copy}" && bash hack/update-codegen.sh >"${copy}/log" 2>&1) || {
  tail -30 "${copy}/log"
  echo "generating code failed"
  exit 1
}
status=0
for d in pkg/apis pkg/client config; do
  diff -Naup -r "$d" "${copy}/$d" || status=1
done
if [[ ${status} -ne 0 ]]; then
  echo "generated code is out of date: run hack/update-codegen.sh"
fi
exit ${status}
