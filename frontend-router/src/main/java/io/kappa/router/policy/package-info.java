/**
 * Policies in the manner of IAM: what they say, how they are written, and whether they allow what somebody asks for. Knows no request and
 * no framework; the doors are {@code Authorization} and {@code PolicyJson}.
 */
@NullMarked
package io.kappa.router.policy;

import org.jspecify.annotations.NullMarked;
