"""The live register as a source of answers beside the documents: understood and told by rule, without a language model.

`source` is the way in. A question is understood (`understanding`, by `times`, `grammar` and `names`) into a typed query
(`asking`), which is run through the functions of `initiatives` with the rights of the person (`running`), and told
with its rows (`telling`, `shown`). `beside` puts it together with what the documents say.
`requested` is the same for a query that a program writes in names and plain values.
"""
