#!/bin/sh
# Whether the dynamic linker finds what libtorch's build for GPUs is linked with and does not bring (the driver's own library comes
# with the container's GPU). Says what is missing, by its soname; exit 1 then. `bagpipe doctor` looks for the same.
set -eu
needs="libcudart.so.13 libcublas.so.13 libcublasLt.so.13 libcupti.so.13 libcusparse.so.12 libcufft.so.12 libcusolver.so.12
  libcurand.so.10 libcufile.so.0 libcudnn.so.9 libnccl.so.2"
cache=$(/sbin/ldconfig -p 2>/dev/null || true)

found() {
  case $cache in *"	$1 ("*) return 0 ;; esac
  folders=${LD_LIBRARY_PATH:-}:
  while [ -n "$folders" ]; do
    [ ! -e "${folders%%:*}/$1" ] || return 0
    folders=${folders#*:}
  done
  return 1
}

missing=
for soname in $needs; do
  found "$soname" || missing="$missing $soname"
done
[ -z "$missing" ] || { echo "gpu-libraries: missing:$missing" >&2; exit 1; }
