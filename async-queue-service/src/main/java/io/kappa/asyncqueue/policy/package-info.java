/** What users have configured about asynchronous invocations. The door is {@code EventPolicies}. */
@NullMarked
package io.kappa.asyncqueue.policy;

import org.jspecify.annotations.NullMarked;
