/** Function URLs: their configuration, and how requests become events and results become responses. The door is {@code FunctionUrlConfigs}. */
@NullMarked
package io.kappa.router.api.url;

import org.jspecify.annotations.NullMarked;
