/** What can be answered to a command: a reply, or a failure with its code. */
@NullMarked
package io.sierra.protocol.reply;

import org.jspecify.annotations.NullMarked;
