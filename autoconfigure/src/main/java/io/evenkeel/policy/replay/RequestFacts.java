// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.replay;

/**
 * What a request says of its being sent twice.
 *
 * @param method request method
 * @param keyed whether it carries a value by which the server recognizes it, or its caller says that it may be executed twice. A value that is made anew for each sending
 *     does not count: the server would not recognize it.
 * @param bodyRepeatable whether its body, if any, can be written again
 */
public record RequestFacts(String method, boolean keyed, boolean bodyRepeatable) {

    /** {@return the same request, as far as its body goes now} */
    public RequestFacts withBody(boolean repeatable) {
        return new RequestFacts(this.method, this.keyed, repeatable);
    }
}
