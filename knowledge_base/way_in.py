"""How goods come into the country, as people say it: sent as a parcel, carried, or imported."""

from __future__ import annotations

import re

_WAYS_IN = re.compile(
    r"\b(?:"
    # sent
    r"paket|pket|pkt|kirim|kiriman|dikirim|ngirim|mengirim|krm|resi|kurir|pos|ekspedisi|awb|dhl|"
    r"fedex|ups|ems|cod|belanja|order|pesan|checkout|online|onlen|shopee|amazon|aliexpress|ebay|"
    r"iherb|temu|taobao|shein|seller|toko|parcel|package|ship|shipped|shipping|shipment|mail|post|"
    r"postal|courier|ordered|"
    # carried
    r"bawa|bw|bawaan|dibawa|membawa|koper|bagasi|kabin|bandara|penumpang|pesawat|terbang|mendarat|"
    r"landing|pulang|balik|liburan|tiba|turun|jastip|luggage|suitcase|baggage|airport|flight|fly|"
    r"flying|passenger|bring|bringing|carry|carrying|arrive|arriving|arrival|travel|travelling|"
    r"jemaah|jamaah|kloter|kapal|"
    # imported
    r"pib|peb|kontainer|container|importir|perusahaan|impor|import|cargo|kargo|sptnp|billing|sppbmcp"
    r")(?:ku|nya|an|ta|s|mu)?\b",
    re.IGNORECASE,
)


def says_way(text: str) -> bool:
    """Whether the text tells how the goods come in."""
    return bool(_WAYS_IN.search(text))
