#!/bin/sh
# A double-click on this file opens paperlight's page in the web browser. Close the
# window that comes up to stop it.
cd "$(dirname "$0")" || exit 1
exec ./paperlight serve
