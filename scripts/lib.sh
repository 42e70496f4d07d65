# What scripts/demo and scripts/test share: finding or installing what is missing, and a screen where there is none.
# Sourced by bash with `set -euo pipefail`. Talk goes to stderr.

cd "$(dirname "${BASH_SOURCE[0]}")/.."

# To link a Rust program and to fetch its crates.
BUILD_PACKAGES=(gcc libc6-dev pkg-config ca-certificates libasound2-dev)
# To open a window: without libxkbcommon-x11-0 and its like a program ends on its first key.
WINDOW_PACKAGES=(libx11-xcb1 libxcursor1 libxi6 libxkbcommon-x11-0 libvulkan1)

say() { printf '\n== %s\n' "$*" >&2; }
note() { printf '   %s\n' "$*" >&2; }
die() {
    printf '\nerror: %s\n' "$1" >&2
    shift
    if [ $# -gt 0 ]; then printf '       %s\n' "$@" >&2; fi
    exit 1
}

is_root() { [ "$(id -u)" -eq 0 ]; }
has_apt() { command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; }
is_installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

apt_updated=
apt_install() {
    export DEBIAN_FRONTEND=noninteractive
    if [ -z "$apt_updated" ]; then
        apt-get -o DPkg::Lock::Timeout=300 update -qq >&2
        apt_updated=yes
    fi
    apt-get -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 install -y -qq --no-install-recommends "$@" >&2
}

# need_packages NAME...: installs the Debian packages that are missing, or says which they are and stops.
need_packages() {
    local name missing=()
    if ! has_apt; then
        note "this is no Debian or Ubuntu; what is called there so must be installed: $*"
        return
    fi
    for name in "$@"; do
        is_installed "$name" || missing+=("$name")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    is_root || die "these packages are missing: ${missing[*]}" \
        "install them and start again:" "sudo apt-get update && sudo apt-get install ${missing[*]}"
    say "installing ${missing[*]}"
    apt_install "${missing[@]}"
}

# A graphics driver: the machine's own where there is one, else the one that draws on the processor.
need_graphics() {
    if ! compgen -G '/usr/share/vulkan/icd.d/*.json' >/dev/null && ! compgen -G '/etc/vulkan/icd.d/*.json' >/dev/null; then
        need_packages mesa-vulkan-drivers
    fi
}

rust_wanted() { sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml; }
at_least() { [ "$(printf '%s\n%s\n' "$1" "$2" | sort -V | head -n 1)" = "$1" ]; }

# rust_in DIR: whether a rustc of the wanted version and a cargo are there.
rust_in() {
    [ -x "$1/cargo" ] && [ -x "$1/rustc" ] || return 1
    local version
    version=$("$1/rustc" --version 2>/dev/null | cut -d' ' -f2) || return 1
    [ -n "$version" ] && at_least "$(rust_wanted)" "$version"
}

# Puts a fitting Rust first on the PATH: one that is here, else Debian's.
need_rust() {
    local wanted dir dirs
    wanted=$(rust_wanted)
    IFS=: read -r -a dirs <<<"$PATH"
    for dir in "${dirs[@]}" "${CARGO_HOME:-${HOME:-/root}/.cargo}/bin"; do
        if rust_in "$dir"; then
            export PATH="$dir:$PATH"
            return
        fi
    done
    local how=("install it from https://rustup.rs, or update it with: rustup update stable")
    if has_apt; then
        # Debian's own newest Rust, kept up to date for its browsers, would take the place of an older one.
        for dir in rustc rustup; do
            if is_installed "$dir"; then die "Rust $wanted or newer is needed, and Debian's package $dir is older" "${how[@]}"; fi
        done
        if is_root; then
            say "looking for Rust $wanted or newer among the system's packages"
            apt-get -o DPkg::Lock::Timeout=300 update -qq >&2 && apt_updated=yes
        fi
        local offered
        offered=$(LC_ALL=C apt-cache policy rustc-web 2>/dev/null | sed -n 's/^ *Candidate: //p')
        if [ -n "$offered" ] && [ "$offered" != "(none)" ] && at_least "$wanted" "$offered"; then
            need_packages rustc-web cargo-web
            if rust_in /usr/bin; then
                export PATH="/usr/bin:$PATH"
                return
            fi
        fi
    fi
    die "Rust $wanted or newer is needed and was not found" "${how[@]}"
}

# What is run when the script ends, however it ends.
at_exit=()
run_at_exit() {
    local i
    for ((i = ${#at_exit[@]} - 1; i >= 0; i--)); do eval "${at_exit[i]}" || true; done
}
trap run_at_exit EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# make_temp VARIABLE: a folder that is removed at the end.
make_temp() {
    local made
    made=$(mktemp -d "${TMPDIR:-/tmp}/reframe.XXXXXX")
    at_exit+=("rm -rf '$made'")
    printf -v "$1" '%s' "$made"
}

# The graphics driver complains where there is no such folder.
[ -n "${XDG_RUNTIME_DIR:-}" ] || { make_temp XDG_RUNTIME_DIR; chmod 700 "$XDG_RUNTIME_DIR"; export XDG_RUNTIME_DIR; }

# start_screen: a screen in memory of 800 x 600, for this script alone; sets DISPLAY.
start_screen() {
    local dir pid number=
    make_temp dir
    mkfifo "$dir/number"
    # It names its own free number, so that several can run beside each other.
    Xvfb -displayfd 3 -screen 0 800x600x24 -nolisten tcp -noreset 3>"$dir/number" >"$dir/log" 2>&1 &
    pid=$!
    at_exit+=("kill $pid 2>/dev/null; wait $pid 2>/dev/null")
    read -r -t 60 number <"$dir/number" || true
    if [ -z "$number" ]; then
        cat "$dir/log" >&2
        die "the screen in memory (Xvfb) did not start; its own words are above"
    fi
    export DISPLAY=":$number"
    unset WAYLAND_DISPLAY
}
