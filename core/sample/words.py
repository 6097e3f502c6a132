"""The words the sample survey is made of: real places of India, invented people.

States and districts bear the official names of the Local Government Directory (lgdirectory.gov.in); the PIN prefixes
are India Post's for the district's head office. A state's share of households and of urban households is rounded from
the Census of India 2011 and only has to look right. Names are common given names and surnames, put together at random.
"""

from __future__ import annotations

from typing import NamedTuple

# ruff: noqa: SIM905 - six hundred quoted names would be no easier to read
RELIGIONS = ("Hindu", "Muslim", "Christian", "Sikh", "Buddhist", "Jain", "Zoroastrian")
SOCIAL_GROUPS = ("Scheduled Tribe", "Scheduled Caste", "Other Backward Class", "General")


class State(NamedTuple):
    """share and urban: of 1,000 households; religions: of 1,000, in the order of RELIGIONS; tribes: of 1,000."""

    name: str
    share: int
    urban: int
    region: str
    districts: tuple[tuple[str, int], ...]
    religions: tuple[int, ...] = (830, 130, 15, 5, 10, 9, 1)
    tribes: int = 60


STATES = (
    State("Uttar Pradesh", 160, 230, "north", (
        ("Lucknow", 226), ("Kanpur Nagar", 208), ("Varanasi", 221), ("Prayagraj", 211), ("Agra", 282),
        ("Gorakhpur", 273), ("Bareilly", 243), ("Jhansi", 284)), (793, 193, 2, 3, 4, 4, 1), 6),
    State("Maharashtra", 95, 470, "west", (
        ("Mumbai Suburban", 400), ("Pune", 411), ("Nagpur", 440), ("Nashik", 422),
        ("Chhatrapati Sambhajinagar", 431), ("Kolhapur", 416), ("Gadchiroli", 442)), (795, 114, 10, 2, 58, 15, 6), 94),
    State("Bihar", 78, 115, "north", (
        ("Patna", 800), ("Gaya", 823), ("Muzaffarpur", 842), ("Bhagalpur", 812), ("Darbhanga", 846),
        ("Purnia", 854)), (826, 169, 1, 1, 2, 1, 0), 13),
    State("West Bengal", 81, 325, "east", (
        ("Kolkata", 700), ("Purba Bardhaman", 713), ("Darjeeling", 734), ("Murshidabad", 742), ("Malda", 732),
        ("Purulia", 723)), (705, 270, 8, 1, 14, 2, 0), 58),
    State("Madhya Pradesh", 60, 275, "north", (
        ("Bhopal", 462), ("Indore", 452), ("Jabalpur", 482), ("Gwalior", 474), ("Ujjain", 456), ("Jhabua", 457)),
        (908, 66, 4, 3, 6, 12, 1), 211),
    State("Tamil Nadu", 74, 485, "south", (
        ("Chennai", 600), ("Coimbatore", 641), ("Madurai", 625), ("Tiruchirappalli", 620), ("Salem", 636),
        ("The Nilgiris", 643)), (877, 59, 61, 1, 1, 1, 0), 11),
    State("Rajasthan", 51, 250, "north", (
        ("Jaipur", 302), ("Jodhpur", 342), ("Udaipur", 313), ("Kota", 324), ("Bikaner", 334), ("Jaisalmer", 345)),
        (884, 91, 2, 12, 1, 10, 0), 135),
    State("Karnataka", 53, 390, "south", (
        ("Bengaluru Urban", 560), ("Mysuru", 570), ("Belagavi", 590), ("Kalaburagi", 585), ("Dharwad", 580),
        ("Kodagu", 571)), (841, 129, 19, 1, 2, 7, 1), 70),
    State("Gujarat", 49, 430, "west", (
        ("Ahmedabad", 380), ("Surat", 395), ("Vadodara", 390), ("Rajkot", 360), ("Kachchh", 370), ("Dang", 394)),
        (884, 97, 5, 1, 1, 10, 2), 148),
    State("Andhra Pradesh", 51, 300, "south", (
        ("Visakhapatnam", 530), ("Krishna", 521), ("Guntur", 522), ("Kurnool", 518), ("Chittoor", 517),
        ("YSR Kadapa", 516)), (904, 77, 16, 1, 1, 1, 0), 55),
    State("Odisha", 39, 165, "east", (
        ("Khordha", 751), ("Cuttack", 753), ("Ganjam", 760), ("Sambalpur", 768), ("Koraput", 764)),
        (938, 22, 34, 1, 2, 2, 1), 228),
    State("Telangana", 34, 390, "south", (
        ("Hyderabad", 500), ("Warangal", 506), ("Karimnagar", 505), ("Nizamabad", 503), ("Khammam", 507),
        ("Adilabad", 504)), (853, 127, 14, 2, 2, 1, 1), 93),
    State("Kerala", 31, 475, "kerala", (
        ("Thiruvananthapuram", 695), ("Ernakulam", 682), ("Kozhikode", 673), ("Thrissur", 680), ("Malappuram", 676),
        ("Wayanad", 673)), (548, 266, 184, 1, 0, 1, 0), 15),
    State("Jharkhand", 25, 235, "east", (
        ("Ranchi", 834), ("Dhanbad", 826), ("East Singhbhum", 831), ("Dumka", 814)), (798, 145, 50, 3, 2, 1, 1), 262),
    State("Assam", 26, 140, "east", (
        ("Kamrup Metropolitan", 781), ("Dibrugarh", 786), ("Cachar", 788), ("Jorhat", 785)),
        (615, 342, 37, 2, 2, 2, 0), 124),
    State("Punjab", 22, 380, "punjab", (
        ("Ludhiana", 141), ("Amritsar", 143), ("Jalandhar", 144), ("Patiala", 147), ("Bathinda", 151)),
        (385, 19, 13, 577, 2, 3, 1), 0),
    State("Chhattisgarh", 23, 230, "north", (
        ("Raipur", 492), ("Bilaspur", 495), ("Bastar", 494), ("Durg", 491)), (932, 20, 19, 3, 22, 3, 1), 306),
    State("Haryana", 19, 350, "north", (
        ("Gurugram", 122), ("Faridabad", 121), ("Hisar", 125), ("Karnal", 132)), (875, 70, 2, 49, 1, 3, 0), 0),
    State("Delhi", 13, 975, "north", (
        ("New Delhi", 110), ("South Delhi", 110), ("North West Delhi", 110)), (817, 129, 9, 34, 1, 9, 1), 0),
    State("Jammu and Kashmir", 8, 270, "north", (
        ("Srinagar", 190), ("Jammu", 180), ("Anantnag", 192)), (284, 683, 3, 19, 9, 2, 0), 119),
    State("Uttarakhand", 8, 305, "north", (
        ("Dehradun", 248), ("Haridwar", 249), ("Nainital", 263), ("Chamoli", 246)), (830, 139, 4, 23, 2, 1, 1), 29),
    State("Himachal Pradesh", 6, 100, "north", (
        ("Shimla", 171), ("Kangra", 176), ("Kinnaur", 172)), (952, 22, 2, 12, 11, 1, 0), 57),
    State("Tripura", 3, 260, "east", (("West Tripura", 799), ("Dhalai", 799)), (834, 86, 44, 0, 34, 2, 0), 318),
    State("Meghalaya", 2, 200, "east", (("East Khasi Hills", 793), ("West Garo Hills", 794)),
          (115, 44, 836, 1, 3, 1, 0), 861),
    State("Manipur", 2, 290, "east", (("Imphal West", 795), ("Churachandpur", 795)), (495, 84, 413, 1, 3, 4, 0), 409),
    State("Nagaland", 2, 290, "east", (("Kohima", 797), ("Dimapur", 797)), (88, 25, 880, 1, 3, 3, 0), 865),
    State("Goa", 2, 620, "west", (("North Goa", 403), ("South Goa", 403)), (661, 83, 252, 1, 1, 1, 1), 102),
    State("Arunachal Pradesh", 1, 230, "east", (("Papum Pare", 791), ("Tawang", 790)),
          (392, 20, 415, 2, 170, 1, 0), 688),
    State("Mizoram", 1, 520, "east", (("Aizawl", 796), ("Lunglei", 796)), (30, 13, 871, 0, 85, 1, 0), 944),
    State("Sikkim", 1, 250, "east", (("Gangtok", 737), ("Namchi", 737)), (578, 16, 99, 3, 303, 1, 0), 338),
    State("Puducherry", 1, 680, "south", (("Puducherry", 605), ("Karaikal", 609)), (873, 60, 63, 0, 1, 3, 0), 0),
    State("Chandigarh", 1, 970, "punjab", (("Chandigarh", 160),), (807, 49, 8, 131, 2, 3, 0), 0),
    State("Ladakh", 1, 230, "north", (("Leh", 194), ("Kargil", 194)), (121, 464, 5, 8, 400, 2, 0), 790),
    State("Lakshadweep", 1, 780, "kerala", (("Lakshadweep", 682),), (28, 966, 5, 0, 1, 0, 0), 948),
)

# Given names and surnames by community: (men, women, surnames).
NAMES: dict[str, tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]] = {
    "north": (
        tuple("Rajesh Amit Sunil Vijay Manoj Rakesh Sanjay Ramesh Deepak Ashok Vinod Anil Pankaj Mukesh Arvind Rohit "
              "Suresh Naresh Dinesh Ravi Ajay Santosh Umesh Harish Alok Gaurav Nitin Vikas Shyam Kailash Om Arjun "
              "Aditya Kunal Mohan Girish Brijesh Tarun Yash Ishaan".split()),
        tuple("Sunita Anita Rekha Geeta Seema Pooja Neha Kavita Asha Usha Meena Suman Kiran Savita Lata Radha Manju "
              "Sarita Nisha Priya Shanti Kamla Mamta Rani Babita Anjali Ritu Shweta Jyoti Pushpa Sangeeta Vandana "
              "Aarti Divya Komal Sakshi Kusum Beena Nirmala Ananya".split()),
        tuple("Sharma Verma Gupta Singh Yadav Mishra Tiwari Pandey Kumar Chauhan Jain Srivastava Maurya Agarwal Dubey "
              "Rajput Prasad Saxena Meena Paswan Thakur Chaudhary Joshi Negi Rawat Kushwaha Sahu Patel Bhatt Tripathi "
              "Shukla Rathore Gurjar Sahni Mahto Manjhi Nishad Bisht Solanki Ahirwar".split())),
    "west": (
        tuple("Sachin Prakash Ganesh Mahesh Nilesh Sandip Jignesh Hitesh Bharat Kishor Vishal Rahul Tushar Datta Mayur "
              "Chirag Hardik Bhavesh Ketan Pravin Dilip Sagar Omkar Parth Vasant Jayesh Kiran Vaibhav".split()),
        tuple("Vaishali Swati Manisha Ujwala Hetal Bhavna Nayana Hansa Sheetal Madhuri Archana Surekha Jayshree Mital "
              "Pallavi Sonali Varsha Rohini Shobha Alka Minal Kalpana Nandini Tejal Rupal Vidya Smita Mangal".split()),
        tuple("Patil Deshmukh Kulkarni Jadhav Shinde Pawar More Gaikwad Kamble Joshi Patel Shah Mehta Desai Parmar "
              "Solanki Chavan Kale Bhosale Sawant Trivedi Dave Vyas Makwana Rathod Vasava Gavit Naik Salvi "
              "Bhagat".split())),
    "south": (
        tuple("Srinivas Venkatesh Ramana Krishna Murugan Karthik Senthil Prasad Nagaraj Manjunath Basavaraj Ravi "
              "Subramani Ganesan Raghu Mahesh Harish Suresh Anand Vijayakumar Arun Balaji Gopal Shankar Chandra "
              "Prabhu Saravanan Naveen".split()),
        tuple("Lakshmi Padma Saraswati Vijaya Revathi Kavitha Sudha Meenakshi Selvi Bhavani Gayatri Latha Radha Uma "
              "Chitra Jayanthi Malathi Shobha Parvathi Anitha Sumathi Rajeshwari Deepa Vani Nagamma Kalyani "
              "Savithri Divya".split()),
        tuple("Reddy Rao Naidu Iyer Gowda Shetty Hegde Murthy Pillai Raju Chetty Krishnan Subramaniam Ramaswamy "
              "Venkataraman Natarajan Sastry Acharya Patil Bhat Kumar Mudaliar Gounder Nadar Goud Yadav Chary Varma "
              "Nayak Selvam".split())),
    "east": (
        tuple("Subrata Tapan Dipak Bikash Prasanta Sourav Arup Partha Biswajit Ranjan Bijay Sanjib Hemanta Pranab "
              "Debashis Swapan Manas Pradip Jiten Bipul Nabin Gautam Asim Kartik Rabin Tarun Ashis Soumya".split()),
        tuple("Mitali Sumitra Rina Mousumi Sharmila Anjana Bina Kakali Purnima Sabita Rupali Dipali Tanushree Minati "
              "Pratima Jharna Basanti Swapna Champa Rashmi Malati Sikha Ratna Nibedita Arati Lipika Gita Sima".split()),
        tuple("Das Ghosh Mondal Roy Banerjee Chatterjee Mukherjee Saha Dutta Sarkar Mahapatra Nayak Behera Pradhan "
              "Sahoo Mohanty Bora Gogoi Kalita Deka Baruah Munda Oraon Soren Hembram Murmu Debbarma Lepcha Rai "
              "Chhetri".split())),
    "kerala": (
        tuple("Unni Rajan Sasi Biju Vinod Anoop Sreejith Suresh Babu Hari Madhu Pradeep Sajeev Vishnu Rajeev Manu "
              "Jayan Ratheesh Shaji Dileep".split()),
        tuple("Sreeja Bindu Latha Deepa Sindhu Remya Asha Shyla Preetha Ambika Geetha Beena Lekha Rajani Sobha "
              "Anjali Jaya Smitha Usha Sheeja".split()),
        tuple("Nair Menon Pillai Kurup Panicker Nambiar Warrier Ezhuthachan Kaimal Marar Thampi Achari Vaidyar "
              "Krishnan Gopalan".split())),
    "punjab": (
        tuple("Rajinder Ashwani Vijay Ramesh Satish Ravinder Deepak Varinder Naresh Pawan Sunil Tarsem Kewal Rakesh "
              "Sandeep Mohit".split()),
        tuple("Neelam Kiran Santosh Veena Renu Poonam Sunita Kanta Meenu Rajni Anju Monika Asha Krishna Parveen "
              "Ritu".split()),
        tuple("Sharma Kumar Verma Gupta Kapoor Khanna Malhotra Arora Chopra Sethi Bansal Bhatia Mehra Sood Mahajan "
              "Dhawan".split())),
    "Muslim": (
        tuple("Mohammed Abdul Imran Salim Aslam Irfan Javed Rashid Faisal Nasir Arif Shahid Yusuf Ibrahim Hamid Rafiq "
              "Akbar Zakir Wasim Tariq Asif Kamal Nadeem Sajid Farooq Ismail".split()),
        tuple("Fatima Ayesha Shabana Nasreen Rukhsana Zainab Salma Shahnaz Parveen Rehana Farida Noor Sultana Yasmin "
              "Amina Hasina Mumtaz Saira Nazma Tabassum Khadija Ruksar Sabina Afsana Mariyam Zarina".split()),
        tuple("Khan Ansari Shaikh Ali Ahmed Siddiqui Qureshi Pathan Sayyed Malik Hussain Rahman Mirza Hashmi Farooqui "
              "Alam Mondal Laskar Bhat Lone Koya Rather Dar Baig Kazi Mansuri".split())),
    "Christian": (
        tuple("John Joseph Thomas George Mathew Peter David Samuel Anthony Francis Jacob Paul Simon Abraham Daniel "
              "Stephen Lal Philip".split()),
        tuple("Mary Anna Elizabeth Sarah Rosamma Grace Theresa Mercy Lily Susan Ruth Esther Agnes Leela Alice Daisy "
              "Monica Jyothi".split()),
        tuple("D'Souza Fernandes Thomas Mathew Varghese George Kurian Pereira Rodrigues Lobo Xavier Lyngdoh Sangma "
              "Marak Zeliang Angami Ao Sailo Ralte Kharkongor Haokip Tirkey Lakra Minz".split())),
    "Sikh": (
        tuple("Gurpreet Harjit Balwinder Manjit Jaspal Kulwant Sukhdev Amarjit Baldev Hardeep Jagtar Paramjit Satnam "
              "Ranjit Charanjit Lakhwinder".split()),
        tuple("Harpreet Manpreet Jaswinder Gurmeet Simran Kuldeep Rajwinder Amandeep Sukhwinder Baljit Navdeep "
              "Ravinder Inderjit Kamaljit Sarabjit Daljit".split()),
        tuple("Singh Gill Sidhu Sandhu Dhillon Grewal Brar Bedi Ahluwalia Saini Dhaliwal Mann Virk Randhawa".split())),
    "Buddhist": (
        tuple("Tenzin Dorje Karma Sonam Rinchen Tashi Bhimrao Gautam Siddharth Milind Anand Rahul".split()),
        tuple("Dolma Pema Yangchen Diskit Padma Sujata Ramabai Yashodhara Maya Vishakha Chhaya Lhamo".split()),
        tuple("Kamble Gaikwad Meshram Wankhede Lama Sherpa Bhutia Namgyal Stobdan Tamang Moon Ramteke".split())),
    "Jain": (
        tuple("Mahavir Parasmal Rishabh Shantilal Kantilal Suresh Vimal Nemi Ajit Hasmukh".split()),
        tuple("Kanchan Sushila Trishla Manju Chandra Premlata Vimla Shilpa Padma Urmila".split()),
        tuple("Jain Shah Kothari Bafna Lodha Surana Doshi Sanghvi Mehta Oswal".split())),
    "Zoroastrian": (
        tuple("Rustom Cyrus Jamshed Homi Sohrab Percy Behram Kersi".split()),
        tuple("Freny Roshan Perin Zarine Shirin Dina Khorshed Aban".split()),
        tuple("Mistry Irani Contractor Daruwala Wadia Bharucha Engineer Sethna".split())),
}

LOCALITIES = (
    "Gandhi Nagar", "Shastri Nagar", "Nehru Colony", "Ambedkar Nagar", "Station Road", "Civil Lines", "Ashok Vihar",
    "Rajendra Nagar", "Subhash Marg", "Indira Colony", "Temple Street", "Old Bazaar", "Lake View Layout",
    "Mission Road", "Saraswati Nagar", "Azad Chowk", "Teachers Colony", "Market Road", "Railway Colony", "Kamla Nagar",
)
VILLAGES = (
    "Rampur", "Sultanpur", "Kheda", "Lakshmipura", "Bhawanipur", "Nayagaon", "Hanumanpura", "Madhopur", "Shivpur",
    "Chandpura", "Fatehpur", "Krishnapuram", "Ganeshpur", "Devipura", "Mallapur", "Sitarampur", "Bishnupur", "Palasuni",
    "Kalyanpur", "Gopalpura",
)
EDUCATION = (
    "Not literate", "Below primary", "Primary", "Middle", "Secondary", "Higher secondary", "Graduate", "Postgraduate",
)
RELATIONS = (
    "Head", "Spouse", "Child", "Child's spouse", "Grandchild", "Parent", "Sibling", "Other relative", "Domestic help",
)
MARITAL = ("Never married", "Married", "Widowed", "Divorced or separated")

# Work by the lowest education it usually asks for: (occupation, share rural, share urban).
OCCUPATIONS = (
    (0, "Cultivator", 300, 15), (0, "Agricultural labourer", 260, 15), (0, "Construction worker", 110, 120),
    (0, "Street vendor", 25, 70), (0, "Weaver", 12, 12), (0, "Fisher", 8, 3), (0, "Beedi maker", 8, 4),
    (2, "Driver", 45, 80), (2, "Shopkeeper", 60, 140), (2, "Tailor", 20, 40), (2, "Security guard", 12, 60),
    (2, "Factory worker", 40, 120), (3, "Mechanic", 20, 45), (4, "Clerk", 15, 90), (4, "Police constable", 5, 10),
    (4, "Anganwadi worker", 12, 3), (5, "Nurse", 5, 12), (5, "Electrician", 15, 30), (6, "Teacher", 25, 60),
    (6, "Accountant", 5, 45), (6, "Software engineer", 1, 60), (6, "Bank officer", 3, 20), (6, "Civil servant", 2, 10),
    (7, "Advocate", 1, 7), (7, "Physician", 1, 6), (7, "University professor", 1, 5), (7, "Airline pilot", 0, 1),
    (7, "Judge", 0, 1),
)
