"""Attention and AdditiveAttention: a list of query, value and perhaps key."""

from __future__ import annotations

from typing import Any

from kerashape.keras.layers.arguments import refuse, settle, shown
from kerashape.keras.layers.base import Layer
from kerashape.keras.layers.values import dim_at, seed
from kerashape.keras.ops.inference import merge
from kerashape.shapes import Fault, Shape, Undecided, Unknown
from kerashape.shapes.broadcast import broadcast


class Attention(Layer):
    """[(batch, q, d), (batch, v, e)] -> (batch, q, e), and the scores (batch, q, k)."""

    signature = "use_scale=False, score_mode='dot', dropout=0.0, seed=None"
    call_signature = (
        "inputs, mask=None, training=False, return_attention_scores=False, use_causal_mask=False"
    )
    takes_list = True
    single_output = False

    def check(self) -> None:
        settle(self, "use_scale", "score_mode", "dropout")
        refuse(
            "dropout",
            lambda: self.dropout > 0 and False,
            "",
            expected="a number",
            found=self.dropout,
        )
        if self.dropout > 0:
            seed(self)
        refuse(
            "score_mode",
            lambda: self.score_mode not in ("dot", "concat"),
            "Invalid value for argument score_mode. Expected one of {'dot', 'concat'}. "
            f"Received: score_mode={self.score_mode}",
            expected="'dot' or 'concat'",
            found=self.score_mode,
        )

    def build(self, inputs: Any) -> None:
        self.check_list(inputs)
        if self.use_scale:
            self.weight("scale", ())
        if self.score_mode == "concat":
            self.weight("concat_score_weight", ())

    def output(self, inputs: Any, mask: Any, return_attention_scores: Any) -> Any:
        self.check_list(inputs)
        self.check_mask(mask)
        query, value = inputs[0], inputs[1]
        key = inputs[2] if len(inputs) > 2 else value
        if not all(isinstance(shape, Shape) for shape in (query, value, key)):
            raise Undecided("an input of the attention is not a tensor")
        if self.within and not (query.rank == value.rank == key.rank):
            raise Undecided("an attention between tensors of several ranks")
        output = query[:-1] + Shape((dim_at(value, -1),))
        scores = query[:-1] + Shape((dim_at(key, -2),)) if return_attention_scores else None
        if self.within and output.rank:
            batch = merge(output[0], merge(value[0], key[0]))
            output, scores = self._masked(output.replace(0, batch), scores, mask)
        return output if scores is None else (output, scores)

    def _masked(self, output: Shape, scores: Shape | None, mask: Any) -> tuple[Shape, Shape | None]:
        """What the masks of query and value tell of the sizes, where they are multiplied with."""
        if mask is None:
            return output, scores
        if isinstance(mask, Unknown) or not all(m is None or isinstance(m, Shape) for m in mask):
            raise Undecided("the masks of the attention are not known")
        of_query, of_value = mask[:2]
        if of_value is not None:
            if of_value.rank != 2:
                raise Undecided("a mask of every query")
            output = broadcast(output, of_value[:1] + (1,) * (output.rank - 1))
            if scores is not None:
                scores = broadcast(scores, Shape((of_value[0], 1, of_value[1])))
        return output if of_query is None else broadcast(output, of_query + (1,)), scores

    def check_list(self, inputs: Any) -> None:
        """Keras: "layer must be called on a list of inputs, namely [query, value]..."."""
        if isinstance(inputs, Unknown):
            raise Undecided(inputs.reason)
        name = self.class_name
        if not isinstance(inputs, list):
            raise Fault(
                "wrong-arity",
                f"{name} layer must be called on a list of inputs, namely [query, value] or "
                "[query, value, key]. Received: inputs=",
                expected="[query, value] or [query, value, key]",
                found=shown(inputs),
            )
        if not 2 <= len(inputs) <= 3:
            raise Fault(
                "wrong-arity",
                f"{name} layer accepts inputs list of length 2 or 3, namely [query, value] or "
                f"[query, value, key]. Received length: {len(inputs)}.",
                expected="2 or 3 tensors",
                found=len(inputs),
            )

    def check_mask(self, mask: Any) -> None:
        """Keras: "layer mask must be a list, namely [query_mask, value_mask]"."""
        if mask is None or isinstance(mask, Unknown):
            return
        if not isinstance(mask, list):
            raise Fault(
                "wrong-arity",
                f"{self.class_name} layer mask must be a list, namely [query_mask, value_mask]. "
                "Received: mask=",
                argument="mask",
                expected="[query_mask, value_mask]",
                found=shown(mask),
            )
        if not 2 <= len(mask) <= 3:
            raise Fault(
                "wrong-arity",
                f"{self.class_name} layer accepts mask list of length 2 or 3. Received: inputs=",
                argument="mask",
                expected="2 or 3 masks",
                found=len(mask),
            )


class AdditiveAttention(Attention):
    """[(batch, q, d), (batch, v, d)] -> (batch, q, d), with a scale of (d,)."""

    signature = "use_scale=True, dropout=0.0"
    keywords = "score_mode='dot', seed=None"

    def build(self, inputs: Any) -> None:
        self.check_list(inputs)
        size = dim_at(inputs[0], -1)
        if self.use_scale:
            self.weight("scale", (size,))
