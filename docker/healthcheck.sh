#!/bin/bash
# Healthy when /health/live answers 200; over plain HTTP, with nothing that a JRE image might lack.
exec 3<>"/dev/tcp/127.0.0.1/${BAGPIPE_HTTP_PORT:-8080}" || exit 1
printf 'GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n' >&3
read -r -t 4 _ status _ <&3
[ "$status" = 200 ]
