#!/usr/bin/env bash
# Compile the SDK and its tests and run them, without Gradle and without Maven Central:
#   clients/kotlin/build.sh                  all of the following three
#   clients/kotlin/build.sh fetch            the compiler and the libraries
#   clients/kotlin/build.sh compile
#   clients/kotlin/build.sh test [ion.LogTest ...]
#   clients/kotlin/build.sh soak [seconds]   the product behind a proxy that breaks connections
# Needs java 17, npm, python3 with pip, and Debian's libokhttp-java and junit4.
set -euo pipefail
cd "$(dirname "$0")"
ROOT=$(cd ../.. && pwd)
OUT=.build
COMPILER=2.4.20
KERNEL=0.19.0.944
JAVA=/usr/share/java
PYTHON=$ROOT/.venv/bin/python

fetch() {
  mkdir -p $OUT/lib
  for jar in okhttp okio junit4 hamcrest-core; do
    [ -e $JAVA/$jar.jar ] || { echo "missing $jar.jar: apt-get install libokhttp-java junit4"; exit 1; }
  done
  if [ ! -e $OUT/kotlinc-$COMPILER/lib/kotlin-compiler.jar ]; then
    mkdir -p $OUT/kotlinc-$COMPILER
    (cd $OUT && tar xzf "$(npm pack --silent kotlin-compiler@$COMPILER)" --strip-components=1 -C kotlinc-$COMPILER)
    rm -f $OUT/kotlin-compiler-*.tgz
  fi
  if [ ! -e $OUT/lib/serialization.done ]; then
    $PYTHON -m pip download -q --disable-pip-version-check --no-deps -d $OUT kotlin-jupyter-kernel==$KERNEL
    $PYTHON - $OUT <<'PY'
import pathlib, re, sys, zipfile
out = pathlib.Path(sys.argv[1])
for wheel in out.glob("kotlin_jupyter_kernel-*.whl"):
    with zipfile.ZipFile(wheel) as files:
        for name in files.namelist():
            if re.search(r"/kotlinx-serialization-(core|json)-jvm-[\d.]+\.jar$", name):
                (out / "lib" / name.rsplit("/", 1)[1]).write_bytes(files.read(name))
    wheel.unlink()
PY
    touch $OUT/lib/serialization.done
  fi
}

classpath() {
  local jars=$OUT/kotlinc-$COMPILER/lib/kotlinx-coroutines-core-jvm.jar
  jars+=:$JAVA/okhttp.jar:$JAVA/okio.jar:$JAVA/junit4.jar:$JAVA/hamcrest-core.jar
  printf '%s' "$jars$(printf ':%s' $OUT/lib/*.jar)"
}

compile() {
  local kotlinc=$OUT/kotlinc-$COMPILER/lib
  rm -rf $OUT/classes
  mkdir -p $OUT/classes
  quickstart >$OUT/Quickstart.kt
  JAVA_OPTS="-Xmx1g -XX:+UseSerialGC -XX:TieredStopAtLevel=1" bash $OUT/kotlinc-$COMPILER/bin/kotlinc -Werror -jvm-target 17 \
    -Xplugin=$kotlinc/kotlinx-serialization-compiler-plugin.jar \
    -cp "$(classpath)" -d $OUT/classes src/main/kotlin src/main/java src/test/kotlin $OUT/Quickstart.kt
  javac -Werror --release 8 -Xlint:-options -cp "$(classpath):$OUT/classes" -d $OUT/classes src/main/java/ion/*.java
}

# The first program of the docs, for whatever address a test gives it.
quickstart() {
  sed -n '/^```kotlin/,/^```/{/^```/d;p}' "$ROOT/docs/clients/kotlin.md" |
    sed '/^}/q; s|"http://127.0.0.1:8000"|System.getProperty("ion.url")|'
}

run() {
  java -cp "$(classpath):$OUT/kotlinc-$COMPILER/lib/kotlin-stdlib.jar:$OUT/classes" "$@"
}

tests() {
  local classes=("$@")
  [ $# -gt 0 ] || mapfile -t classes < <(find src/test -name '*Test.kt' -printf '%f\n' | sort | sed 's/^/ion./;s/\.kt$//')
  run org.junit.runner.JUnitCore "${classes[@]}"
}

case ${1:-all} in
  fetch) fetch ;;
  compile) fetch; compile ;;
  test) shift; tests "$@" ;;
  soak) shift; run ion.SoakKt "$@" ;;
  all) fetch; compile; tests ;;
  *) sed -n 's/^#  //p' build.sh; exit 2 ;;
esac
