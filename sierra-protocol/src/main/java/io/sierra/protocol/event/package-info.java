/** An event before it is stored. */
@NullMarked
package io.sierra.protocol.event;

import org.jspecify.annotations.NullMarked;
