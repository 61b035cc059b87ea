#!/usr/bin/env bash
# Makes a bundle that checks and measures Bagel on a machine with a GPU's driver and nothing else:
#
#   gpu/on-device.sh [bundle.tgz]          here: needs a JDK (JAVA_HOME; 22 or later is best), Maven and curl or apt
#   tar xzf bundle.tgz && bundle/run.sh    there: needs nothing but the driver; with PyTorch, the same attack in PyTorch
#
# The modules must have been built: mvn -DskipTests package
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(realpath -m "${1:-gpu/target/bundle.tgz}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
bundle=$work/bundle
mkdir -p "$bundle/jars" "$bundle/lib"

jdk=${JAVA_HOME:-$(dirname "$(dirname "$(realpath "$(command -v jlink)")")")}
"$jdk/bin/jlink" \
  --add-modules java.base,java.logging,java.management,jdk.management,jdk.unsupported,jdk.incubator.vector \
  --strip-debug --no-header-files --no-man-pages --compress=2 --output "$bundle/java" 2>/dev/null

version=$(sed -n 's:.*<revision>\(.*\)</revision>.*:\1:p' pom.xml)
for module in tensor autodiff nn adversarial; do
  cp "$module/target/bagel-$module-$version.jar" "$bundle/jars/"
done
cp "tensor/target/bagel-tensor-$version-tests.jar" "autodiff/target/bagel-autodiff-$version-tests.jar" "$bundle/jars/"
cp -r gpu/target/test-classes "$bundle/checks"
cp gpu/target/bagel-gpu.jar "$bundle/jars/"
if command -v zip >/dev/null; then # natives of other platforms stay here
  zip -q -d "$bundle/jars/bagel-gpu.jar" 'win/*' 'osx/*' || true
else
  (cd "$work" && mkdir x && cd x && "$jdk/bin/jar" xf "$bundle/jars/bagel-gpu.jar" && rm -rf win osx &&
    "$jdk/bin/jar" cfM "$bundle/jars/bagel-gpu.jar" .)
fi
junit=$(sed -n 's:.*<junit.version>\(.*\)</junit.version>.*:\1:p' pom.xml)
for artifact in org/junit/jupiter/junit-jupiter-api/$junit org/junit/jupiter/junit-jupiter-params/$junit \
  org/junit/platform/junit-platform-commons/1.${junit#5.} org/opentest4j/opentest4j/1.3.0 org/apiguardian/apiguardian-api/1.1.2; do
  cp "${HOME}/.m2/repository/$artifact"/*[0-9].jar "$bundle/jars/"
done

# The OpenCL loader: this machine's, or Debian's.
loader=$(ldconfig -p | sed -n 's:.*libOpenCL\.so\.1 .*x86-64.*=> ::p' | head -n 1)
if [ -z "$loader" ]; then
  (cd "$work" && apt-get download ocl-icd-libopencl1 && dpkg -x ocl-icd-libopencl1_*.deb ocl)
  loader=$(find "$work/ocl" -name 'libOpenCL.so.1' | head -n 1)
fi
cp -L "$loader" "$bundle/lib/libOpenCL.so.1"
cp gpu/src/test/python/same_pgd.py "$bundle/"

cat >"$bundle/run.sh" <<'R'
#!/usr/bin/env bash
# All checks and benchmarks; the tables go to results.md beside this file.
#   run.sh [NAME]      NAME: a part of a device's name, if it is not to be the first
# ICD=FILE names a driver's library, if it is not NVIDIA's in one of the usual places; PYTHON a Python with PyTorch.
set -u
here=$(cd "$(dirname "$0")" && pwd)
export LD_LIBRARY_PATH=$here/lib:/usr/local/nvidia/lib64:/usr/local/nvidia/lib:${LD_LIBRARY_PATH:-}
export POCL_SIGFPE_HANDLER=0
icd=${ICD:-}
for place in /usr/local/nvidia/lib64 /usr/local/nvidia/lib /usr/lib/x86_64-linux-gnu /usr/lib64 /usr/lib /usr/lib/wsl/lib; do
  [ -n "$icd" ] || [ ! -e "$place/libnvidia-opencl.so.1" ] || icd=$place/libnvidia-opencl.so.1
done
if [ -n "$icd" ]; then
  mkdir -p "$here/vendors"
  echo "$icd" >"$here/vendors/driver.icd"
  export OCL_ICD_VENDORS=$here/vendors
else
  echo "no libnvidia-opencl.so.1 in the usual places: taking what /etc/OpenCL/vendors says"
fi
{
  nvidia-smi --query-gpu=name,driver_version,clocks.max.sm,memory.total --format=csv 2>/dev/null
  ours() {
    "$here/java/bin/java" "-Xmx${HEAP:-16g}" --add-modules jdk.incubator.vector --enable-native-access=ALL-UNNAMED \
      -Dstdout.encoding=UTF-8 -cp "$here/jars/*:$here/checks" "$@"
  }
  code=0
  ours -Dbagel.winograd=false dev.bagel.gpu.OnDevice check "$here" "$@" || code=$?
  ours dev.bagel.gpu.OnDevice measure "$here" "$@" || code=$?
  for python in ${PYTHON:-python3 python}; do
    if "$python" -c 'import torch' 2>/dev/null; then
      "$python" "$here/same_pgd.py" "$here"
      break
    fi
  done
  exit $code
} 2>&1 | grep --line-buffered -v 'Using incubator modules' | tee "$here/results.md"
exit "${PIPESTATUS[0]}"
R
chmod +x "$bundle/run.sh"
mkdir -p "$(dirname "$out")"
tar czf "$out" -C "$work" bundle
size=$(du -m "$out" | cut -f1)
echo "$out: $size MB"
[ "$size" -le 40 ] || { echo "more than 40 MB"; exit 1; }
