/** What a subscriber is sent: which events, and in which form. */
@NullMarked
package io.sierra.server.push;

import org.jspecify.annotations.NullMarked;
