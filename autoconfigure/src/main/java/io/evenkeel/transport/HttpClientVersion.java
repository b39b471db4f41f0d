// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import org.apache.hc.core5.util.VersionInfo;

/** The version of Apache HttpClient that is on the class path. */
public final class HttpClientVersion {

    private HttpClientVersion() {}

    /** {@return such as {@code 5.6.4}, or {@code UNAVAILABLE} if the jar does not tell} */
    public static String get() {
        VersionInfo version =
                VersionInfo.loadVersionInfo("org.apache.hc.client5", HttpClientVersion.class.getClassLoader());
        return (version != null) ? version.getRelease() : VersionInfo.UNAVAILABLE;
    }
}
