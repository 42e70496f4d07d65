# The Python packages that judge our files from outside: the validators, and what they bring (pandas, scipy). Sourced by bash.

# need_venv DIR: installs them into a folder of their own, once.
need_venv() {
  if [ ! -x "$1/bin/hedpy" ] || [ ! -x "$1/bin/bids-validator-deno" ]; then
    python3 -m venv "$1" && "$1/bin/pip" install -q --disable-pip-version-check \
     bids-validator-deno==3.0.2 hedtools==1.3.0 pybids==0.22.0 nilearn==0.14.1 nibabel==5.4.2
  fi
}
