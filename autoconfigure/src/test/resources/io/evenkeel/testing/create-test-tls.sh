#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Creates the key material of the tests, see io.evenkeel.testing.TestTls. Run it here, without arguments, only when a
# certificate has to change; the PKCS12 files next to it are checked in. Needs keytool of a JDK 17 or later.
#
#   ca.p12           trust store: the certificate of the test CA (its key is thrown away, so every run renews all files)
#   server.p12       CN=localhost, for the names localhost and 127.0.0.1
#   client.p12       CN=evenkeel-client, for mutual TLS
#   wrong-host.p12   CN=wrong.example, signed by the same CA, but for another host
#   self-signed.p12  CN=localhost, for localhost and 127.0.0.1, but signed by nobody
#
# and what comes after a rotation, signed by a second CA:
#
#   next-ca.p12      trust store: the certificate of the second CA
#   next-server.p12  CN=localhost, for the names localhost and 127.0.0.1
#   next-client.p12  CN=evenkeel-next-client, for mutual TLS
#   expired.p12      CN=localhost, for localhost and 127.0.0.1, valid for the first two days of 2020
#
# EC P-256 keys, valid for 100 years from 2020-01-01 (a fixed start, so that a clock behind ours accepts them too).
set -eu
cd "$(dirname "$0")"

password=evenkeel
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
rm -f ca.p12 server.p12 client.p12 wrong-host.p12 self-signed.p12
rm -f next-ca.p12 next-server.p12 next-client.p12 expired.p12

store() { # file, command and its options
    file=$1
    shift
    # One round each in place of 10 000: contexts of the tests open these stores thousands of times.
    keytool -J-Dkeystore.pkcs12.certPbeIterationCount=1 -J-Dkeystore.pkcs12.keyPbeIterationCount=1 \
        -J-Dkeystore.pkcs12.macIterationCount=1 "$@" -keystore "$file" -storetype PKCS12 -storepass "$password" -noprompt
}

new_key() { # file, alias, name, further options
    file=$1 alias=$2 name=$3
    shift 3
    store "$file" -genkeypair -alias "$alias" -dname "$name" -keyalg EC -groupname secp256r1 -sigalg SHA256withECDSA \
        -startdate "2020/01/01 00:00:00" -validity 36500 "$@"
}

new_ca() { # name of the trust store, distinguished name
    ca=$1
    new_key "$scratch/$ca-key.p12" ca "$2" -ext bc:c -ext ku:c=keyCertSign,cRLSign
    store "$scratch/$ca-key.p12" -exportcert -alias ca -rfc -file "$scratch/$ca.pem"
    store "$ca.p12" -importcert -alias ca -file "$scratch/$ca.pem"
}

signed_key() { # name of the file and the entry, distinguished name, days, extensions
    new_key "$1.p12" "$1" "$2"
    store "$1.p12" -certreq -alias "$1" -file "$scratch/$1.csr"
    name=$1 days=$3
    shift 3
    store "$scratch/$ca-key.p12" -gencert -alias ca -infile "$scratch/$name.csr" -outfile "$scratch/$name.pem" -rfc \
        -sigalg SHA256withECDSA -startdate "2020/01/01 00:00:00" -validity "$days" "$@"
    store "$name.p12" -importcert -alias ca -file "$scratch/$ca.pem"
    store "$name.p12" -importcert -alias "$name" -file "$scratch/$name.pem"
    store "$name.p12" -delete -alias ca
}

here=san=dns:localhost,ip:127.0.0.1

new_ca ca "CN=Evenkeel test CA"
signed_key server "CN=localhost" 36500 -ext "$here" -ext eku=serverAuth
signed_key client "CN=evenkeel-client" 36500 -ext eku=clientAuth
signed_key wrong-host "CN=wrong.example" 36500 -ext san=dns:wrong.example -ext eku=serverAuth
new_key self-signed.p12 self-signed "CN=localhost" -ext "$here" -ext eku=serverAuth

new_ca next-ca "CN=Evenkeel next test CA"
signed_key next-server "CN=localhost" 36500 -ext "$here" -ext eku=serverAuth
signed_key next-client "CN=evenkeel-next-client" 36500 -ext eku=clientAuth
signed_key expired "CN=localhost" 2 -ext "$here" -ext eku=serverAuth
