#!/bin/bash
# Succeeds if the server in this container answers a PING within two seconds.
set -eu

host=${SIERRA_NETWORK_CLIENT_ADDRESS%:*}
host=${host//[\[\]]/}
port=${SIERRA_NETWORK_CLIENT_ADDRESS##*:}

exec 3<>"/dev/tcp/$host/$port"
printf 'PING\r\n' >&3
IFS= read -r -t 2 reply <&3
[[ $reply == +PONG* ]]
