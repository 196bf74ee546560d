#!/bin/bash
# Healthy when /health/live answers 200, over HTTP or over TLS, whichever the port speaks. Plain HTTP needs
# bash alone; TLS needs openssl, which comes with the base image's ca-certificates.
port=${BAGPIPE_HTTP_PORT:-8080}
request=$'GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'

exec 3<>"/dev/tcp/127.0.0.1/$port" || exit 1
printf '%s' "$request" >&3
version='' status=''
LC_ALL=C read -r -t 4 version status _ <&3 2>/dev/null
exec 3>&-
if [[ $version != HTTP/* ]]; then
  # Whom it talks to is not in doubt here, and the certificate is made out to another name.
  read -r version status _ < <(printf '%s' "$request" |
    timeout 4 openssl s_client -quiet -verify_quiet -connect "127.0.0.1:$port" 2>/dev/null)
fi
[[ $version == HTTP/* && $status == 200 ]]
