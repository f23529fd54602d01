/** Filter patterns of CloudWatch Logs, as pure rules. The door is {@code FilterPattern}. */
@NullMarked
package io.kappa.router.logs.filter;

import org.jspecify.annotations.NullMarked;
