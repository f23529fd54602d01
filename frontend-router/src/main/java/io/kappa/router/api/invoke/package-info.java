/** What an Invoke demands and hands on: its target, payload, client context and trace. The door is {@code InvokeTarget}. */
@NullMarked
package io.kappa.router.api.invoke;

import org.jspecify.annotations.NullMarked;
