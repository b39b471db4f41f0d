// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.event;

/**
 * The connections of one route at one moment. Several routes may share an origin: one direct, one through a proxy.
 *
 * @param route origin without its default port
 * @param active connections in use
 * @param idle connections kept for the next request
 * @param pending callers that wait for a connection
 */
public record RouteSnapshot(String route, int active, int idle, int pending) {}
