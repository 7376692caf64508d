/** The commands on events, one record each, as the front end hands them on. */
@NullMarked
package io.sierra.protocol.command;

import org.jspecify.annotations.NullMarked;
