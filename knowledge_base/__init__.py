"""Articles, the encoder and the decision between answering, offering choices and a person.

Knows nothing of the service around it: no database, no Rasa, no HTTP.
"""
