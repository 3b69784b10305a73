#!/usr/bin/env bash
# The GPU check: the correctness suite and the benchmarks on an NVIDIA GPU, against PyTorch where the machine has it.
#
#     benchmarks/gpu-check.sh [OPTIONS]                 packs, and runs if there is a GPU here
#     benchmarks/gpu-check.sh pack [--to ARCHIVE]       packs all that a machine without SDK and network needs
#     benchmarks/gpu-check.sh run [ARCHIVE] [OPTIONS]   runs the archive there: it needs the driver, and python3 with PyTorch
#                                                       to compare
#     benchmarks/gpu-check.sh --self-test               tries the check itself out, without a GPU
#
# OPTIONS are those of the program: --only TEXT, --rounds N, --python PROGRAM, --no-suite, --no-benchmarks, --no-compile, --small,
# --append, --results FOLDER, --device cuda|opencl|ilgpu-cpu. The figures go to a file named after the card in --results, which is
# benchmarks/results in the repository.
#
# Exit status: 0 the suite passed, or there is no GPU here and the archive is ready; 1 a test failed, or the program cannot be built;
# 2 bad arguments, or no GPU where one was to run.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
project=$here/GraphCompiler.GpuCheck
work=$here/../artifacts/gpu-check
archive=gpu-check.tar.gz
largest=$((60 * 1024 * 1024))
build=(-c Release -v quiet --artifacts-path "$work/build")
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_UI_LANGUAGE=en

# publish FOLDER: the program with all that it needs, the runtime too.
publish() {
    local folder=$1
    mkdir -p "$work"
    rm -rf "$folder"
    if dotnet restore "$project" -v quiet --artifacts-path "$work/build" -r linux-x64 -p:SelfContained=true > "$work/restore.log" 2>&1; then
        dotnet publish "$project" "${build[@]}" --no-restore -r linux-x64 --self-contained -p:DebugType=none -o "$folder" 1>&2
    else
        # There is no package of the runtime: the SDK's own goes along.
        dotnet publish "$project" "${build[@]}" -p:DebugType=none -o "$folder" 1>&2
        carry_runtime "$folder/dotnet"
    fi
}

carry_runtime() {
    local root version
    root=$(dirname "$(readlink -f "$(command -v dotnet)")")
    version=$(dotnet --list-runtimes | awk '$1 == "Microsoft.NETCore.App" { version = $2 } END { print version }')
    mkdir -p "$1/host/fxr" "$1/shared/Microsoft.NETCore.App"
    cp "$root/dotnet" "$1/"
    cp -r "$root/host/fxr/$version" "$1/host/fxr/"
    cp -r "$root/shared/Microsoft.NETCore.App/$version" "$1/shared/Microsoft.NETCore.App/"
}

# pack FOLDER ARCHIVE: this script and the published program in one archive.
pack() {
    cp "${BASH_SOURCE[0]}" "$1/gpu-check.sh"
    tar -C "$(dirname "$1")" -czf "$2" "$(basename "$1")"
    local bytes
    bytes=$(stat -c %s "$2")
    echo "packed: $2, $((bytes / 1024 / 1024)) MiB"
    ((bytes <= largest)) || { echo "It is larger than $((largest / 1024 / 1024)) MiB." >&2; return 1; }
}

# program FOLDER OPTIONS...: the published program, by the runtime that was carried along if there is one.
program() {
    local folder=$1
    shift
    if [[ -x $folder/dotnet/dotnet ]]; then
        DOTNET_ROOT=$folder/dotnet "$folder/dotnet/dotnet" "$folder/gpu-check.dll" "$@"
    else
        "$folder/gpu-check" "$@"
    fi
}

run_archive() {
    local folder=$here results=()
    if [[ ! -f $here/gpu-check.dll ]]; then
        [[ $# -eq 0 || $1 == --* ]] || { archive=$1; shift; }
        [[ -f $archive ]] || { echo "There is no archive $archive: make one with 'pack'." >&2; return 2; }
        unpacked=$(mktemp -d)
        trap 'rm -rf "$unpacked"' EXIT
        tar -C "$unpacked" -xzf "$archive"
        folder=$unpacked/app
        [[ ! -d $project ]] || results=(--results "$here/results")
    fi
    program "$folder" "${results[@]}" "$@"
}

pack_and_run() {
    local app=$work/app status=0
    publish "$app"
    pack "$app" "$work/$archive"
    program "$app" --has-gpu > "$work/gpu.log" 2>&1 || status=$?
    if ((status != 0)) && [[ " $* " != *" --device "* ]]; then
        echo "There is no NVIDIA GPU here; nothing was run. The archive is ready: carry it to a machine with one, and there run"
        echo "    tar -xzf $archive && app/gpu-check.sh run"
        return 0
    fi
    program "$app" --results "$here/results" "$@"
}

# The table's mathematics, and some tiny works on the device that runs everywhere.
self_test() {
    local results report app=(program "$here") side=$here/pytorch_side.py
    if [[ ! -f $here/gpu-check.dll ]]; then
        app=(dotnet run -c Release -v quiet --project "$project" --)
        side=$project/pytorch_side.py
    fi
    "${app[@]}" --self-test
    results=$(mktemp -d)
    report=$("${app[@]}" --device ilgpu-cpu --small --only 8x64 --rounds 1 --no-suite --python none --results "$results" 2> /dev/null)
    rm -rf "$results"
    if [[ $(grep -c '8×64 | [0-9]' <<< "$report") != 4 ]]; then
        echo "$report"
        return 1
    fi
    ! command -v python3 > /dev/null ||
        PYTHONDONTWRITEBYTECODE=1 python3 -c 'import sys; compile(open(sys.argv[1]).read(), sys.argv[1], "exec")' "$side"
}

to=$work/$archive
arguments=()
command=all
case ${1-} in
    pack | run) command=$1; shift ;;
    --self-test) command=self_test; shift ;;
    -h | --help) sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"; exit 0 ;;
esac
while (($# > 0)); do
    case $1 in
        --to) to=$(realpath -m "${2:?--to needs a file}"); shift 2 ;;
        *) arguments+=("$1"); shift ;;
    esac
done

case $command in
    pack) publish "$work/app"; pack "$work/app" "$to" ;;
    run) run_archive "${arguments[@]}" ;;
    self_test) self_test ;;
    all) pack_and_run "${arguments[@]}" ;;
esac
