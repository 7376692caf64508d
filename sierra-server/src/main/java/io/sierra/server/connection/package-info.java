/**
 * Connections of clients: reply order, limits, back-pressure and the commands about a connection.
 */
@NullMarked
package io.sierra.server.connection;

import org.jspecify.annotations.NullMarked;
