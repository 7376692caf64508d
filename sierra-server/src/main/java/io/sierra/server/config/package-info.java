/** Settings: every option with its unit, range and default, and where their values come from. */
@NullMarked
package io.sierra.server.config;

import org.jspecify.annotations.NullMarked;
