/** What operators ask of the service, over HTTP. The door is {@code DeadLetterApi}. */
@NullMarked
package io.kappa.deadletters.api;

import org.jspecify.annotations.NullMarked;
